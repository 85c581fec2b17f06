import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** One point of a learning curve. */
export interface CurvePoint {
  readonly step: number;
  /** Mean training loss since the previous point; absent before the first step. */
  readonly loss?: number;
  readonly validationLoss?: number;
}

export interface CurveStyle {
  readonly title: string;
  /** Unit of the losses: `nats per phoneme`. */
  readonly unit: string;
}

const SIZE = { width: 800, height: 480, marginLeft: 64, marginRight: 24, marginTop: 92, marginBottom: 48 };
const COLORS = { training: '#4e79a7', validation: '#d1495b' };

/** Training and validation loss by step, as SVG. */
export function drawLearningCurve(points: readonly CurvePoint[], { title, unit }: CurveStyle): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const series = {
    training: points.filter(({ loss }) => loss !== undefined),
    validation: points.filter(({ validationLoss }) => validationLoss !== undefined),
  };
  const plot = Plot.plot({
    ...SIZE,
    document: document as unknown as Document,
    style: { background: 'white', color: 'black', fontSize: '12px' },
    x: { label: 'step', labelAnchor: 'center', labelArrow: 'none', nice: true, tickFormat: wholeNumber },
    y: { label: null, grid: true, nice: true },
    marks: [
      Plot.line(series.training, { x: 'step', y: 'loss', stroke: COLORS.training, strokeWidth: 1.2 }),
      Plot.line(series.validation, { x: 'step', y: 'validationLoss', stroke: COLORS.validation, strokeWidth: 2 }),
      Plot.dot(series.validation, { x: 'step', y: 'validationLoss', fill: COLORS.validation, r: 3.5 }),
      ...legend(),
      Plot.text([title], { frameAnchor: 'top', dy: -72, fontSize: 16, fontWeight: 'bold' }),
      Plot.text([unit], { frameAnchor: 'top-left', dx: -56, dy: -22 }),
    ],
  });
  plot.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  plot.setAttribute('role', 'img');
  plot.setAttribute('aria-label', `${title}: ${unit} by step`);
  return plot.outerHTML;
}

/** Legend above the plot. */
function legend(): Plot.Markish[] {
  return Object.entries(COLORS).map(([name, fill], index) =>
    Plot.text([`● ${name}`], { frameAnchor: 'top', dx: index === 0 ? -50 : 50, dy: -48, fill, fontWeight: 'bold' }),
  );
}

function wholeNumber(step: number): string {
  return Number.isInteger(step) ? step.toLocaleString('en') : '';
}
