import type { Analysis, Curve, ResultRecord } from '@sequitur/bench/page';
import type { Family } from '../../architectures/index.js';
import type { CompareMode, Comparison, MeasuredCurve, MeasuredPoint } from '../../protocol/compare.js';

type Bench = typeof import('@sequitur/bench/page');

/** The families of the bench by the names that the page has for them. */
const families: Readonly<Record<string, Family>> = {
  'dense attention': 'dense',
  'sparse attention': 'sparse',
  'attention with memory': 'memory',
  'state space': 'state',
  hybrid: 'hybrid',
  recurrent: 'recurrent',
  encoder: 'encoder',
  'encoder-decoder': 'encoder-decoder',
};

export function familyNamed(name: string): Family {
  return families[name] ?? 'encoder';
}

/** One line for each record. */
export function linesOf(records: readonly ResultRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

/** What a sweep's records say, ready to be drawn; null before the first point. */
export function comparisonOf(records: readonly ResultRecord[], bench: Bench): Comparison | null {
  if (!records.some(({ type }) => type === 'point') || !records.some(({ type }) => type === 'peak')) return null;
  const analysis = bench.analyse(records);
  const { settings, started } = analysis.sweep;
  const threads = `${settings.threads} ${settings.threads === 1 ? 'thread' : 'threads'}`;
  return {
    started,
    backend: settings.backend,
    on:
      settings.backend === 'wasm'
        ? `WebAssembly, ${threads}`
        : settings.backend === 'webgpu'
          ? 'WebGPU'
          : 'plain JavaScript',
    architectures: analysis.architectures.map(({ architecture, family, parameters }) => {
      const trained = analysis.trained.find((record) => record.architecture === architecture) ?? null;
      return { name: architecture, family: familyNamed(family), parameters, trained };
    }),
    curves: analysis.curves.flatMap((curve) => curveOf(curve, analysis, bench)),
    sentences: bench.sentences(analysis),
    lines: linesOf(records),
  };
}

function curveOf(curve: Curve, analysis: Analysis, bench: Bench): MeasuredCurve[] {
  const { architecture, family, mode, points, law } = curve;
  if (mode === 'encode') return [];
  const crossing = bench.crossoversWithFirst(analysis, mode).find((each) => each.architecture === architecture);
  return [
    {
      ...{ architecture, family: familyNamed(family), mode: mode as CompareMode },
      points: points.map((point, index) => pointOf(point, points[index - 1])),
      law: law && law.margin <= bench.UNSURE ? law : null,
      overtakesAt: crossing?.wins ? crossing.length : null,
    },
  ];
}

function pointOf({ length, time, record }: CurvePoint, before: CurvePoint | undefined): MeasuredPoint {
  const { peakBytes = null, stateBytes = null, flops = null } = record;
  const { declaredFlops = null, declaredStateBytes = null } = record;
  const growth = declaredFlops && before?.record.declaredFlops ? declaredFlops / before.record.declaredFlops : null;
  const predicted = {
    time: growth === null ? null : before!.time.median * growth,
    stateBytes: declaredStateBytes,
    flops: declaredFlops,
  };
  return { length, time: time.median, peakBytes, stateBytes, flops, predicted };
}

type CurvePoint = Curve['points'][number];
