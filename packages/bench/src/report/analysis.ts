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
  /** Power law of the time per run on the longest lengths; null if too few are above the noise. */
  readonly law: PowerLaw | null;
  readonly growth: Growth;
}

/** Growth of the parts of a run, each on its longest lengths; null if there are too few. */
export interface Growth {
  /** Power law of the time in attention kernels, without projections, feed-forward and the rest. */
  readonly attention: PowerLaw | null;
  /** Power law of the executed operations: the growth of the time if every operation took equally long. */
  readonly operations: PowerLaw | null;
  readonly peakBytes: PowerLaw | null;
  readonly stateBytes: PowerLaw | null;
}

export interface CurvePoint {
  readonly length: number;
  /** Milliseconds per run, in decoding per token. */
  readonly time: Summary;
  readonly tokensPerSecond: number;
  readonly record: PointRecord;
}

export interface Analysis {
  readonly sweep: SweepRecord;
  readonly architectures: readonly ArchitectureRecord[];
  readonly trained: readonly TrainedRecord[];
  readonly curves: readonly Curve[];
  /** Points without a time, with the reason. */
  readonly unmeasured: readonly PointRecord[];
  /** Peak: operations per second of the register tile. */
  readonly peak: number;
}

export interface Crossover {
  readonly mode: Mode;
  readonly architecture: string;
  /** The other architecture. */
  readonly against: string;
  readonly length: number;
  /** Whether it is faster beyond that length. */
  readonly wins: boolean;
}

/** Times below this many milliseconds are not fitted: the clock's resolution and garbage collection are as large. */
const NOISE = 0.05;

/** Exponents with a wider margin are not reported. */
export const UNSURE = 0.4;

/** Analyses the records of a sweep: curves, losses, and the machine. */
export function analyse(records: readonly ResultRecord[]): Analysis {
  const of = <T extends ResultRecord['type']>(type: T) =>
    records.filter((record): record is Extract<ResultRecord, { type: T }> => record.type === type);
  const [sweep] = of('sweep');
  if (!sweep) throw new Error('the records have no sweep record at the beginning');
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
 * Lengths at which architectures cross the first one for the last time, interpolated between measured lengths. Omitted
 * if the quartiles still overlap at the longest length, since such a crossing may be noise.
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
