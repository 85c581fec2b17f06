import type { Mode } from '../scaling/records.js';
import type { Analysis, CurvePoint } from './analysis.js';
import { crossoversWithFirst } from './analysis.js';

/** One number of every architecture against the length. */
export interface Series {
  readonly architecture: string;
  readonly points: readonly SeriesPoint[];
  /** Drawn as a straight line on logarithms. */
  readonly law?: { readonly exponent: number; readonly intercept: number; readonly from: number; readonly to: number };
}

export interface SeriesPoint {
  readonly length: number;
  readonly value: number;
  /** The quartiles, where there is a spread. */
  readonly low?: number;
  readonly high?: number;
}

/** What a figure of the report shows. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  readonly explanation: string;
  readonly x: string;
  readonly y: string;
  readonly unit: 'milliseconds' | 'bytes' | 'share';
  readonly series: readonly Series[];
  /** Where an architecture crosses the first one. */
  readonly crossovers?: readonly { readonly length: number; readonly value: number; readonly text: string }[];
  readonly logarithmicY: boolean;
}

const TIMES: Readonly<Record<Mode, { title: string; explanation: string; x: string }>> = {
  train: {
    title: 'Training step',
    explanation: 'Forward, backward and update, one text of that length.',
    x: 'tokens of the text',
  },
  prefill: {
    title: 'Reading a text',
    explanation: 'The whole text at once, logits of the last token.',
    x: 'tokens of the text',
  },
  decode: {
    title: 'Writing one token',
    explanation: 'After so many tokens, with what the model remembers of them.',
    x: 'tokens before',
  },
  encode: {
    title: 'Encoding a text',
    explanation: 'The whole text at once, every token in the light of all others.',
    x: 'tokens of the text',
  },
};

/** The figures that a sweep's points give. */
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
    ...{ id: `time-${mode}`, title: TIMES[mode].title, x: TIMES[mode].x, y: 'time', unit: 'milliseconds' },
    explanation: `${TIMES[mode].explanation} Points are medians with their quartiles, lines are power laws fitted on the longest four lengths, circles mark where an architecture crosses the first.`,
    logarithmicY: true,
    series: curves.map(({ architecture, points, law }) => ({
      architecture,
      points: points.map(({ length, time }) => ({ length, value: time.median, low: time.low, high: time.high })),
      ...(law && { law }),
    })),
    crossovers: crossoversWithFirst(analysis, mode).map(({ architecture, against, length }) => ({
      length,
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
    ...{ id: `memory-${mode}`, title: `Memory: ${TIMES[mode].title.toLowerCase()}`, y: 'peak bytes', unit: 'bytes' },
    explanation: 'Bytes of tensors alive at once during a run, above weights and inputs.',
  });
}

function stateFigure(analysis: Analysis): Figure {
  return ofRecords(analysis, 'decode', 'stateBytes', {
    ...{ id: 'state', title: 'What must be remembered', y: 'state bytes', unit: 'bytes' },
    explanation: 'Bytes of the state after so many tokens, reserved room included.',
  });
}

type Described = Pick<Figure, 'id' | 'title' | 'y' | 'unit' | 'explanation'>;

function ofRecords(analysis: Analysis, mode: Mode, key: 'peakBytes' | 'stateBytes', described: Described): Figure {
  const curves = analysis.curves.filter((curve) => curve.mode === mode);
  const series = curves.map(({ architecture, points }) => ({
    architecture,
    points: points.flatMap(({ length, record }) => (record[key] ? [{ length, value: record[key] }] : [])),
  }));
  return {
    ...described,
    x: TIMES[mode].x,
    logarithmicY: true,
    series: series.filter(({ points }) => points.length > 0),
  };
}

function shareFigure({ curves, peak }: Analysis, mode: Mode): Figure {
  return {
    ...{
      id: `share-${mode}`,
      title: `Share of the machine's peak: ${TIMES[mode].title.toLowerCase()}`,
      x: TIMES[mode].x,
    },
    ...{ y: 'share of peak', unit: 'share', logarithmicY: true },
    explanation: `Products counted from what ran, per second, against ${(peak / 1e9).toFixed(1)} GFLOP/s of a register tile measured beside them (one core, WebAssembly).`,
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
