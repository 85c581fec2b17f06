import type { Family } from '../../architectures/index.js';
import { compact, whole } from '../../plots/format.js';
import { inkOfPage } from '../../plots/ink.js';
import type { ChartData, ChartOptions, Line } from '../../plots/line-chart.js';
import { smoothed, thinned } from '../../plots/smooth.js';
import type { Run } from '../../protocol/train.js';
import type { Row } from './state/rows.js';

export type Against = 'steps' | 'seconds' | 'flops';

const MOST_POINTS = 600;
/** Fraction of first steps that the y range ignores: their losses are much larger. */
const FIRST_STEPS = 0.04;

interface DrawnCurve {
  readonly id: string;
  readonly label: string;
  readonly family: Family;
  readonly dash: number;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export interface LossPicture {
  readonly data: ChartData;
  readonly curves: readonly DrawnCurve[];
  readonly options: ChartOptions;
  readonly label: string;
  /** `Step 600` */
  readonly at: (x: number) => string;
}

/** A chart of the losses of all runs. */
export function lossPicture(rows: readonly Row[], against: Against, isLog: boolean): LossPicture {
  const trained = rows.filter((row) => row.run !== null && row.run.curve.loss.length > 1);
  const { families } = inkOfPage();
  const drawn = trained.map(({ id, spec, family, dash, run }) => {
    const x = placesOf(run!, against);
    const smooth = smoothed(run!.curve.loss);
    const common = { label: spec.name, colour: families[family], dash };
    const kept = thinned(
      x.map((_, index) => index),
      MOST_POINTS,
    );
    const pick = (values: readonly number[]) => kept.map((index) => values[index]!);
    const curve: DrawnCurve = { id, label: spec.name, family, dash, x: pick(x), y: pick(smooth) };
    const validation = run!.curve.validation;
    const lines: Line[] = [
      { ...common, id: `${id} raw`, x: curve.x, y: pick(run!.curve.loss), isFaint: true },
      { ...common, id, x: curve.x, y: curve.y, isNamed: true },
      {
        ...common,
        id: `${id} validation`,
        column: `${spec.name}, validation`,
        x: validation.map(({ step }) => x[step - 1]!),
        y: validation.map(({ loss }) => loss),
        isPoints: true,
      },
    ];
    return { curve, lines };
  });
  const curves = drawn.map(({ curve }) => curve);
  const known = Math.max(0, ...curves.map(({ x }) => x.at(-1)!));
  const order = (isFaint: boolean) =>
    drawn.flatMap(({ lines }) => lines.filter((line) => Boolean(line.isFaint) === isFaint));
  return {
    data: {
      lines: [...order(true), ...order(false)],
      xRange: [0, Math.max(known, ...trained.map(({ run }) => endOf(run!, against)))],
      yRange: yRange(curves, isLog),
      known,
    },
    curves,
    options: { xLabel: against, isLog },
    label: `Training loss of ${curves.length} runs against ${against}. ${curves.map(({ label, y }) => `${label}: ${y.at(-1)!.toFixed(2)}`).join(', ')}`,
    at: (x) => (against === 'steps' ? `Step ${whole(x)}` : `${compact(x)}${against === 'flops' ? 'FLOP' : 's'}`),
  };
}

/** The values of the curves nearest to an x, if they reach it. */
export function nearest(curves: readonly DrawnCurve[], x: number): (DrawnCurve & { readonly loss: number })[] {
  return curves.flatMap((curve) => {
    if (curve.x.at(-1)! < x) return [];
    const index = curve.x.findIndex((place) => place >= x);
    return [{ ...curve, loss: curve.y[index]! }];
  });
}

function placesOf({ curve, cost }: Run, against: Against): number[] {
  if (against === 'seconds') return curve.seconds;
  return curve.loss.map((_, index) => (index + 1) * (against === 'flops' ? cost.flopsPerStep : 1));
}

/** The end of a run's budget on this axis, if known. */
function endOf({ steps, cost, curve, recipe: { budget } }: Run, against: Against): number {
  if (against === 'seconds') {
    if (budget.unit === 'seconds') return budget.amount;
    return steps === null ? 0 : ((curve.seconds.at(-1) ?? 0) / curve.loss.length) * steps;
  }
  return (steps ?? 0) * (against === 'flops' ? cost.flopsPerStep : 1);
}

function yRange(curves: readonly DrawnCurve[], isLog: boolean): [number, number] {
  const later = curves.flatMap(({ y }) => y.slice(Math.floor(FIRST_STEPS * y.length))).filter(Number.isFinite);
  if (later.length === 0) return [0, 1];
  const [low, high] = [Math.min(...later), Math.max(...later)];
  const room = 0.06 * (high - low || 1);
  return isLog ? [Math.max(low * 0.95, 1e-4), high * 1.02] : [Math.max(0, low - room), high + room / 2];
}
