import type { Mode } from '../scaling/records.js';
import type { Analysis, CurvePoint } from './analysis.js';
import { crossoversWithFirst, UNSURE } from './analysis.js';

/** One quantity of an architecture by sequence length. */
export interface Series {
  readonly architecture: string;
  readonly points: readonly SeriesPoint[];
  /** Exponent of its growth on the longest lengths, if it is certain enough to be shown. */
  readonly exponent?: number | undefined;
}

export interface SeriesPoint {
  readonly length: number;
  readonly value: number;
  /** The quartiles, if there is a spread. */
  readonly low?: number;
  readonly high?: number;
}

/** Data of a figure of the report. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  readonly explanation: string;
  readonly x: string;
  readonly y: string;
  readonly unit: 'milliseconds' | 'bytes' | 'share';
  readonly series: readonly Series[];
  /** Whether guide lines of linear and quadratic growth are drawn. */
  readonly guided?: boolean;
  /** The mode of the growth table next to the figure. */
  readonly growthOf?: Mode;
  /** Lengths at which architectures cross the first one. */
  readonly crossovers?: readonly FigureCrossover[];
}

export interface FigureCrossover {
  readonly architecture: string;
  readonly length: number;
  readonly value: number;
  readonly text: string;
}

const TIMES: Readonly<Record<Mode, { title: string; explanation: string; x: string }>> = {
  train: {
    title: 'Training step',
    explanation: 'Forward, backward and update, one sequence of that length.',
    x: 'sequence length in tokens',
  },
  prefill: {
    title: 'Prefill',
    explanation: 'The whole sequence in one step, logits of the last token.',
    x: 'sequence length in tokens',
  },
  decode: {
    title: 'Decoding one token',
    explanation: 'One token after a sequence of that length, given its state.',
    x: 'tokens before',
  },
  encode: {
    title: 'Encoding a sequence',
    explanation: 'The whole sequence in one step.',
    x: 'sequence length in tokens',
  },
};

/** The figures of a sweep. */
export function figuresOf(analysis: Analysis): Figure[] {
  const { modes } = analysis.sweep.settings;
  const times = modes.map((mode) => timeFigure(analysis, mode));
  const peaks = modes.filter((mode) => mode !== 'decode').map((mode) => peakFigure(analysis, mode));
  const shares = modes.filter((mode) => mode !== 'decode').map((mode) => shareFigure(analysis, mode));
  return [...times, ...peaks, stateFigure(analysis), ...shares].filter(({ series }) => series.length > 0);
}

function timeFigure(analysis: Analysis, mode: Mode): Figure {
  const curves = analysis.curves.filter((curve) => curve.mode === mode);
  const base = curves[0];
  return {
    ...{
      id: `time-${mode}`,
      title: TIMES[mode].title,
      x: TIMES[mode].x,
      y: 'time',
      unit: 'milliseconds',
      growthOf: mode,
      guided: mode !== 'decode',
    },
    explanation: `${TIMES[mode].explanation} Medians with their quartiles; circles mark where an architecture crosses ${base?.architecture}. After a name: the exponent of growth over the longest three lengths; dotted lines: linear and quadratic growth.`,
    series: curves.map(({ architecture, points, law }) => ({
      architecture,
      points: points.map(({ length, time }) => ({ length, value: time.median, low: time.low, high: time.high })),
      exponent: law && law.margin <= UNSURE ? law.exponent : undefined,
    })),
    crossovers: crossoversWithFirst(analysis, mode).map(({ architecture, against, length }) => ({
      ...{ architecture, length },
      value: interpolated(base!.points, length),
      text: `${architecture} crosses ${against} at about ${Math.round(length)} tokens`,
    })),
  };
}

function interpolated(points: readonly CurvePoint[], length: number): number {
  const after = points.findIndex((point) => point.length >= length);
  const [a, b] = [points[after - 1]!, points[after]!];
  const share = Math.log(length / a.length) / Math.log(b.length / a.length);
  return a.time.median * (b.time.median / a.time.median) ** share;
}

function peakFigure(analysis: Analysis, mode: Mode): Figure {
  return ofRecords(analysis, mode, 'peakBytes', {
    ...{
      id: `memory-${mode}`,
      title: `Memory: ${TIMES[mode].title.toLowerCase()}`,
      y: 'peak bytes',
      unit: 'bytes',
      guided: true,
    },
    explanation: 'Peak bytes of live tensors during a run, without weights and inputs.',
  });
}

function stateFigure(analysis: Analysis): Figure {
  return ofRecords(analysis, 'decode', 'stateBytes', {
    ...{ id: 'state', title: 'State size', y: 'state bytes', unit: 'bytes' },
    explanation: 'Bytes of the state after a sequence, spare capacity included.',
  });
}

type Described = Pick<Figure, 'id' | 'title' | 'y' | 'unit' | 'explanation' | 'guided'>;

function ofRecords(analysis: Analysis, mode: Mode, key: 'peakBytes' | 'stateBytes', described: Described): Figure {
  const curves = analysis.curves.filter((curve) => curve.mode === mode);
  const series = curves.map(({ architecture, points, growth }) => ({
    ...{ architecture, exponent: growth[key]?.exponent },
    points: points.flatMap(({ length, record }) => (record[key] ? [{ length, value: record[key] }] : [])),
  }));
  return {
    ...described,
    x: TIMES[mode].x,
    series: series.filter(({ points }) => points.length > 0),
  };
}

function shareFigure({ curves, peak }: Analysis, mode: Mode): Figure {
  return {
    ...{
      id: `share-${mode}`,
      title: `Fraction of peak: ${TIMES[mode].title.toLowerCase()}`,
      x: TIMES[mode].x,
    },
    ...{ y: 'fraction of peak', unit: 'share' },
    explanation: `Counted operations per second, relative to ${(peak / 1e9).toFixed(1)} GFLOP/s of a register tile measured in the same run (one core, wasm).`,
    series: curves
      .filter((curve) => curve.mode === mode)
      .map(({ architecture, points }) => ({
        architecture,
        points: points.flatMap(({ length, time, record }) =>
          record.flops ? [{ length, value: (1000 * record.flops) / time.median / peak }] : [],
        ),
      }))
      .filter(({ points }) => points.length > 0),
  };
}
