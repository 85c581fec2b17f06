import type uPlot from 'uplot';
import type { ChartData, Ink, Line } from './line-chart.js';

const LABEL_HEIGHT = 15;
/** The length of a line from the end of a curve to its name. */
const NEAR = 40;

/** Shades the part of the budget that is not spent yet. */
export function drawToCome(
  { ctx, bbox, valToPos }: uPlot,
  { known, xRange }: ChartData,
  beyond: string,
  ink: Ink,
): void {
  if (known === undefined || known >= xRange[1]) return;
  const x = valToPos(Math.max(known, xRange[0]), 'x', true);
  ctx.save();
  ctx.fillStyle = ink.panel;
  ctx.fillRect(x, bbox.top, bbox.left + bbox.width - x, bbox.height);
  if (bbox.left + bbox.width - x > 80 * devicePixelRatio) {
    ctx.fillStyle = ink.soft;
    ctx.font = fontOf(ink);
    ctx.textAlign = 'left';
    ctx.textBaseline = 'top';
    ctx.fillText(beyond, x + 8 * devicePixelRatio, bbox.top + 6 * devicePixelRatio);
  }
  ctx.restore();
}

/** Draws a dotted line at chance level. */
export function drawGuide({ ctx, bbox, valToPos }: uPlot, guide: number, ink: Ink): void {
  const y = Math.round(valToPos(guide, 'y', true)) + 0.5;
  ctx.save();
  ctx.strokeStyle = ink.axis;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

interface EndLabel {
  readonly text: string;
  readonly colour: string;
  readonly x: number;
  readonly y: number;
  /** Vertical position. */
  at: number;
}

/** Labels each line at its end, if there is room. */
export function drawEndLabels(plot: uPlot, lines: readonly Line[], ink: Ink): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const labels = lines.filter((line) => endsInside(plot, line)).map((line) => labelOf(plot, line));
  const start = Math.max(0, ...labels.map(({ x }) => x)) + 22 * ratio;
  ctx.save();
  ctx.font = fontOf(ink);
  const widest = Math.max(0, ...labels.map(({ text }) => ctx.measureText(text).width));
  if (start + widest <= ctx.canvas.width) {
    spread(labels, LABEL_HEIGHT * ratio, bbox.top, bbox.top + bbox.height);
    for (const label of labels) drawLabel(ctx, label, start, ratio);
  }
  ctx.restore();
}

/** Whether the line has a name, and the part that is shown reaches its end. */
function endsInside({ scales }: uPlot, { isNamed, x }: Line): boolean {
  const { min = 0, max = 0 } = scales.x ?? {};
  return Boolean(isNamed) && x.length > 1 && x.at(-1)! >= min! && x.at(-1)! <= max!;
}

function labelOf(plot: uPlot, { label: text, colour, x, y }: Line): EndLabel {
  const [endX, endY] = [plot.valToPos(x.at(-1)!, 'x', true), plot.valToPos(y.at(-1)!, 'y', true)];
  return { text, colour, x: endX, y: endY, at: endY };
}

function drawLabel(
  ctx: CanvasRenderingContext2D,
  { text, colour, x, y, at }: EndLabel,
  start: number,
  ratio: number,
): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = ratio;
  ctx.beginPath();
  // A long leader would read as a line of the plot.
  const isNear = start - x < NEAR * ratio;
  ctx.moveTo(isNear ? x + 3 * ratio : start - 16 * ratio, isNear ? y : at);
  ctx.lineTo(start - 10 * ratio, at);
  ctx.lineTo(start - 4 * ratio, at);
  ctx.stroke();
  ctx.fillStyle = colour;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.fillText(text, start, at);
}

/** Moves labels apart, down first and then up from the bottom. */
function spread(labels: EndLabel[], height: number, top: number, bottom: number): void {
  labels.sort((a, b) => a.y - b.y);
  let last = top - height / 2;
  for (const label of labels) last = label.at = Math.max(label.at, last + height);
  let next = bottom + height / 2;
  for (const label of [...labels].reverse()) next = label.at = Math.min(label.at, next - height);
}

function fontOf(ink: Ink): string {
  return `${12 * devicePixelRatio}px ${ink.font}`;
}
