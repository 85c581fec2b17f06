import type { Family } from '../../architectures/index.js';
import { familyOf } from '../../architectures/index.js';
import { inkOfPage } from '../../plots/ink.js';
import type { ChartData, ChartOptions, Line } from '../../plots/line-chart.js';
import type { CompareMode, Comparison, MeasuredCurve, MeasuredPoint } from '../../protocol/compare.js';
import type { Run } from '../../protocol/train.js';
import type { Cost } from './state.svelte.js';

export interface Picture {
  readonly data: ChartData;
  readonly options: ChartOptions;
  readonly label: string;
}

/** Index of the dotted style, for values that are not measured. */
const DOTTED = 2;

const costs: Readonly<Record<Cost, (point: MeasuredPoint) => number | null>> = {
  time: ({ time }) => time,
  memory: ({ peakBytes }) => peakBytes,
  operations: ({ flops }) => flops,
};
const texts = { time: 'time', memory: 'bytes', operations: 'compact' } as const;

/** A cost by length, log-log; times are extrapolated as dotted lines. */
export function costPicture(comparisons: readonly Comparison[], mode: CompareMode, cost: Cost): Picture | null {
  const [curves = [], others = []] = comparisons.map((each) => each.curves.filter((curve) => curve.mode === mode));
  const ticks = lengthsOf(curves);
  if (ticks.length < 2) return null;
  const longest = ticks.at(-1)!;
  const isPredicted = cost === 'time' && curves.some(({ law }) => law);
  const lines = withDashes(curves).flatMap(({ curve, dash, colour }) => {
    const line = lineOf(curve, costs[cost], dash, colour);
    const second = others.find(({ architecture }) => architecture === curve.architecture);
    const beside = [...declared(curve, cost, colour), ...(second ? [besideOf(second, costs[cost], line)] : [])];
    if (cost !== 'time' || !curve.law) return [...beside, { ...line, isNamed: true }];
    const label = `${curve.architecture} n${raised(curve.law.exponent)}`;
    return [...beside, line, { ...predicted(curve, line, longest), label, isNamed: true }];
  });
  return {
    data: {
      lines,
      xRange: [ticks[0]!, isPredicted ? 2 * longest : longest],
      yRange: around(lines),
      ...(isPredicted && { known: longest }),
    },
    options: {
      xLabel: 'tokens of the text',
      ...{ isLog: true, isLogX: true, yText: texts[cost], beyond: 'predicted' },
      xTicks: isPredicted ? [...ticks, 2 * longest] : ticks,
    },
    label: `The ${cost} against the length for ${curves.map(({ architecture }) => architecture).join(', ')}`,
  };
}

/** State bytes by length. */
export function statePicture(comparison: Comparison): Picture | null {
  const curves = comparison.curves.filter(({ mode }) => mode === 'decode');
  const ticks = lengthsOf(curves);
  if (ticks.length < 2) return null;
  const lines = withDashes(curves).map(({ curve, dash, colour }) => {
    return { ...lineOf(curve, ({ stateBytes }) => stateBytes, dash, colour), isNamed: true };
  });
  return {
    data: { lines, xRange: [ticks[0]!, ticks.at(-1)!], yRange: around(lines) },
    options: { xLabel: 'tokens before', isLog: true, isLogX: true, yText: 'bytes', xTicks: ticks },
    label: `Bytes of state against the length for ${curves.map(({ architecture }) => architecture).join(', ')}`,
  };
}

/** Accuracy of the runs of one task, beyond the training length. */
export function rememberedPicture(runs: readonly Run[]): Picture | null {
  const drawn = runs.map((run) => ({ family: familyOf(run.spec), run }));
  const { families } = inkOfPage();
  const lines = drawn.map(({ family, run }, index): Line => {
    const { lengths } = run.scores.at(-1)!;
    const dash = drawn.slice(0, index).filter((other) => other.family === family).length;
    const [x, y] = [lengths.map(({ tokens }) => tokens), lengths.map(({ accuracy }) => accuracy)];
    return { id: run.id, label: run.spec.name, colour: families[family], dash, x, y, hasPoints: true, isNamed: true };
  });
  const ticks = [...new Set(lines.flatMap(({ x }) => x))].sort((a, b) => a - b);
  if (ticks.length < 2) return null;
  return {
    data: { lines, xRange: [ticks[0]!, ticks.at(-1)!], yRange: [0, 1.02] },
    options: { xLabel: 'tokens of the example', yText: 'percent', xTicks: ticks, isLogX: true },
    label: `Accuracy against the length for ${lines.map(({ label }) => label).join(', ')}`,
  };
}

/** Curves with the colour of their family and distinct dashes. */
function withDashes(curves: readonly MeasuredCurve[]) {
  const { families } = inkOfPage();
  const seen = new Map<Family, number>();
  return curves.map((curve) => {
    const dash = seen.get(curve.family) ?? 0;
    // Dotted lines are predictions.
    seen.set(curve.family, dash + 1 === DOTTED ? dash + 2 : dash + 1);
    return { curve, dash, colour: families[curve.family] };
  });
}

function lineOf(curve: MeasuredCurve, of: (point: MeasuredPoint) => number | null, dash: number, colour: string): Line {
  const known = curve.points.filter((point) => (of(point) ?? 0) > 0);
  return {
    id: curve.architecture,
    label: curve.architecture,
    ...{ colour, dash, hasPoints: true },
    x: known.map(({ length }) => length),
    y: known.map((point) => of(point)!),
  };
}

function predicted({ law }: MeasuredCurve, { id, colour, x, y }: Line, longest: number): Line {
  const at = (length: number) => Math.exp(law!.intercept) * length ** law!.exponent;
  const last = x.at(-1)!;
  return {
    id: `${id} predicted`,
    label: id,
    column: `${id}, predicted`,
    colour,
    dash: DOTTED,
    x: [last, 2 * longest],
    y: [y.at(-1)!, at(2 * longest)],
  };
}

/** The declared cost, as thin dots next to the measured values. */
function declared(curve: MeasuredCurve, cost: Cost, colour: string): Line[] {
  if (cost === 'memory') return [];
  const of = ({ predicted: known }: MeasuredPoint) => (cost === 'time' ? known.time : known.flops);
  const line = lineOf(curve, of, DOTTED, colour);
  if (line.x.length < 2) return [];
  return [{ ...line, id: `${line.id} declared`, column: `${line.label}, declared`, hasPoints: false, isThin: true }];
}

/** The same on the other backend: its circles are filled. */
function besideOf(curve: MeasuredCurve, of: (point: MeasuredPoint) => number | null, { dash, colour }: Line): Line {
  return {
    ...lineOf(curve, of, dash, colour),
    id: `${curve.architecture} beside`,
    column: `${curve.architecture}, WebGPU`,
    isFilled: true,
  };
}

function lengthsOf(curves: readonly MeasuredCurve[]): number[] {
  return [...new Set(curves.flatMap(({ points }) => points.map(({ length }) => length)))].sort((a, b) => a - b);
}

function around(lines: readonly Line[]): [number, number] {
  const all = lines.flatMap(({ y }) => y);
  return [0.8 * Math.min(...all), 1.25 * Math.max(...all)];
}

const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** `1.62` as an exponent in signs that a canvas has. */
function raised(value: number): string {
  return [...value.toFixed(2)].map((sign) => (sign === '.' ? '·' : sign === '-' ? '⁻' : RAISED[Number(sign)])).join('');
}
