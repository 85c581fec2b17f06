import { median, type Summary, summarize } from '../measure/statistics.js';
import { crossovers, fitPowerLaw, type PowerLaw } from '../scaling/fit.js';
import type {
  ArchitectureRecord,
  Mode,
  PointRecord,
  ResultRecord,
  SweepRecord,
  TrainedRecord,
} from '../scaling/records.js';

/** One architecture in one mode, over all lengths. */
export interface Curve {
  readonly architecture: string;
  readonly family: string;
  readonly mode: Mode;
  readonly points: readonly CurvePoint[];
  /** Of the time per run, on the longest lengths; null where too few can be told from noise. */
  readonly law: PowerLaw | null;
  readonly growth: Growth;
}

/** How the parts of a run grow, each on its longest lengths; null where there are too few. */
export interface Growth {
  /** Of the time within attention kernels: what is left of a time without the projections, the feed-forward and the rest. */
  readonly attention: PowerLaw | null;
  /** Of the operations that ran: what the time would grow with if every operation took the same. */
  readonly operations: PowerLaw | null;
  readonly peakBytes: PowerLaw | null;
  readonly stateBytes: PowerLaw | null;
}

export interface CurvePoint {
  readonly length: number;
  /** Milliseconds: of a whole run, or in decode of one token. */
  readonly time: Summary;
  readonly tokensPerSecond: number;
  readonly record: PointRecord;
}

export interface Analysis {
  readonly sweep: SweepRecord;
  readonly architectures: readonly ArchitectureRecord[];
  readonly trained: readonly TrainedRecord[];
  readonly curves: readonly Curve[];
  /** Points without a time, and why. */
  readonly unmeasured: readonly PointRecord[];
  /** Operations per second of the register tile. */
  readonly peak: number;
}

export interface Crossover {
  readonly mode: Mode;
  readonly architecture: string;
  /** What it is held against. */
  readonly against: string;
  readonly length: number;
  /** Whether it is the faster one beyond that length. */
  readonly wins: boolean;
}

/** Shorter times than this, in milliseconds, are not fitted: a clock's grain and a garbage collection are as large. */
const NOISE = 0.05;

/** Exponents less certain than this are not told. */
export const UNSURE = 0.4;

/** Makes curves of a sweep's records. */
export function analyse(records: readonly ResultRecord[]): Analysis {
  const of = <T extends ResultRecord['type']>(type: T) =>
    records.filter((record): record is Extract<ResultRecord, { type: T }> => record.type === type);
  const [sweep] = of('sweep');
  if (!sweep) throw new Error('these records have no head: no sweep wrote them');
  const points = of('point');
  const architectures = of('architecture');
  const curves = architectures.flatMap(({ architecture, family }) =>
    sweep.settings.modes.flatMap((mode) => {
      const own = points.filter((point) => point.architecture === architecture && point.mode === mode);
      const measured = own.filter(({ outcome }) => outcome === 'measured').map(toCurvePoint);
      if (measured.length === 0) return [];
      const law = fitPowerLaw(
        measured.map(({ length, record }) => ({ length, values: perUnit(record) })),
        NOISE,
      );
      measured.sort((a, b) => a.length - b.length);
      return [{ architecture, family, mode, points: measured, law, growth: growthOf(measured) }];
    }),
  );
  return {
    ...{ sweep, architectures, curves, trained: of('trained') },
    unmeasured: points.filter(({ outcome }) => outcome !== 'measured'),
    peak: median(of('peak').map(({ flopsPerSecond }) => flopsPerSecond)),
  };
}

function growthOf(points: readonly CurvePoint[]): Growth {
  const law = (values: (record: PointRecord) => readonly number[], noise = 0) =>
    fitPowerLaw(
      points.map(({ length, record }) => ({ length, values: values(record) })),
      noise,
    );
  const ofOne = (key: 'flops' | 'peakBytes' | 'stateBytes') => law((record) => [record[key] ?? 0]);
  return {
    attention: law(({ attentionTimes = [] }) => attentionTimes, NOISE),
    operations: ofOne('flops'),
    peakBytes: ofOne('peakBytes'),
    stateBytes: ofOne('stateBytes'),
  };
}

function toCurvePoint(record: PointRecord): CurvePoint {
  const time = summarize(perUnit(record));
  return {
    length: record.length,
    time,
    tokensPerSecond: (1000 * (record.mode === 'decode' ? 1 : record.tokens)) / time.median,
    record,
  };
}

/** Milliseconds per token in decode, per run elsewhere. */
function perUnit({ mode, times, tokens }: PointRecord): number[] {
  return times.map((time) => (mode === 'decode' ? time / tokens : time));
}

/**
 * Where architectures cross the first one for the last time, by interpolation between measured lengths. Left out where the
 * quartiles still overlap at the longest length: such a crossing may be chance.
 */
export function crossoversWithFirst({ curves, architectures }: Analysis, mode: Mode): Crossover[] {
  const first = architectures[0]?.architecture;
  const base = curves.find((curve) => curve.architecture === first && curve.mode === mode);
  if (!base) return [];
  const medians = ({ points }: Curve) => points.map(({ length, time }) => [length, time.median] as const);
  return curves.flatMap((curve) => {
    if (curve.mode !== mode || curve === base) return [];
    const length = crossovers(medians(curve), medians(base)).at(-1);
    if (length === undefined) return [];
    const last = curve.points.at(-1)!.time;
    const other = base.points.find((point) => point.length === curve.points.at(-1)!.length)?.time;
    if (!other || (last.low <= other.high && other.low <= last.high)) return [];
    return [
      {
        mode,
        architecture: curve.architecture,
        against: base.architecture,
        length,
        wins: last.median < other.median,
      },
    ];
  });
}

/** The fastest architecture of a mode at each length. */
export function cheapestByLength(
  { curves }: Analysis,
  mode: Mode,
): { readonly length: number; readonly architecture: string }[] {
  const best = new Map<number, { architecture: string; time: number }>();
  for (const { architecture, mode: own, points } of curves) {
    if (own !== mode) continue;
    for (const { length, time } of points) {
      const known = best.get(length);
      if (!known || time.median < known.time) best.set(length, { architecture, time: time.median });
    }
  }
  return [...best].sort(([a], [b]) => a - b).map(([length, { architecture }]) => ({ length, architecture }));
}
