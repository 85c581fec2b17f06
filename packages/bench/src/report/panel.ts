import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { formatOf, ticksOf } from './axis.js';
import { labelEnds } from './end-labels.js';
import type { Appearance } from './palette.js';
import type { Figure, Series, SeriesPoint } from './series.js';

/** A panel of a figure: some architectures in colour, the others grey. */
export interface Panel {
  readonly title: string;
  /** Names of the architectures in colour. */
  readonly shown: readonly string[];
  readonly width: number;
  readonly height: number;
  /** Whether it is the first panel of its figure, which also has guide lines. */
  readonly first: boolean;
}

export interface PanelContext {
  readonly looks: ReadonlyMap<string, Appearance>;
  /** Name of an architecture that every panel shows, for comparison. */
  readonly reference: string | undefined;
}

/** Margins of the plot; the right one has the labels. */
const MARGIN = { left: 68, right: 184, top: 14, bottom: 40 };

/** A panel as SVG; the page's style sheet defines the colours. */
export function drawPanel(figure: Figure, panel: Panel, { looks, reference }: PanelContext): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const lengths = lengthsOf(figure);
  const stands = ({ architecture }: Series) => panel.shown.includes(architecture) || architecture === reference;
  const front = figure.series.filter(stands);
  const back = figure.series.filter((series) => !stands(series));
  const values = figure.series.flatMap(({ points }) => points.map(({ value }) => value));
  const plot = Plot.plot({
    ...{ width: panel.width, height: panel.height, document: document as unknown as Document },
    ...{ marginLeft: MARGIN.left, marginRight: MARGIN.right, marginTop: MARGIN.top, marginBottom: MARGIN.bottom },
    style: { background: 'transparent', fontSize: '12px', overflow: 'visible' },
    x: {
      ...{ type: 'log', label: figure.x, labelAnchor: 'center', labelArrow: 'none', labelOffset: 36 },
      ...{ domain: [lengths[0]!, lengths.at(-1)!], ticks: spacedLengths(lengths), tickFormat: String, insetLeft: 6 },
      tickSize: 4,
    },
    y: {
      ...{ type: 'log', label: null, grid: true, insetTop: 6, insetBottom: 6, tickSize: 0 },
      ...{ domain: [Math.min(...values), Math.max(...values)], ticks: ticksOf(figure), tickFormat: formatOf(figure) },
    },
    marks: [
      ...guides(figure, panel, reference),
      ...back.flatMap(greyLine),
      ...front.flatMap((series) => frontMarks(series, figure, looks.get(series.architecture)!)),
      ...crossoverMarks(figure, panel),
    ],
  });
  const scale = (name: 'x' | 'y') => (plot.scale(name) as unknown as { apply(value: number): number }).apply;
  labelEnds(
    plot as unknown as SVGElement,
    front.map(({ architecture, points, exponent }) => {
      const last = points.at(-1)!;
      const at = { x: scale('x')(last.length), y: scale('y')(last.value) };
      return { name: shortName(architecture), exponent, at, look: looks.get(architecture)! };
    }),
    { column: panel.width - MARGIN.right + 24, top: 4, bottom: panel.height - MARGIN.bottom + 8 },
  );
  plot.setAttribute('role', 'img');
  plot.setAttribute('aria-label', `${figure.title}, ${panel.title}: ${figure.y} against ${figure.x}`);
  return plot.outerHTML;
}

export function lengthsOf({ series }: Figure): number[] {
  return [...new Set(series.flatMap(({ points }) => points.map(({ length }) => length)))].sort((a, b) => a - b);
}

/** The name without parentheses, which are in the tables. */
function shortName(architecture: string): string {
  return architecture.replace(/ \(.*\)$/, '');
}

/** Every length, or every second one if the labels would overlap. */
function spacedLengths(lengths: readonly number[]): number[] {
  return lengths.length <= 6 ? [...lengths] : lengths.filter((_, index) => (lengths.length - 1 - index) % 2 === 0);
}

/** Guide lines of linear and quadratic growth that end at the reference. */
function guides({ series, guided }: Figure, { first }: Panel, reference: string | undefined): Plot.Markish[] {
  const points = series.find(({ architecture }) => architecture === reference)?.points ?? [];
  const last = points.at(-1);
  const from = points.at(-4) ?? points[0];
  if (!guided || !first || !last || !from || from === last) return [];
  return [1, 2].flatMap((power) => {
    const start = { length: from.length, value: last.value * (from.length / last.length) ** power };
    const mark = { x: 'length', y: 'value', stroke: 'var(--soft)', strokeDasharray: '1 4', clip: true } as const;
    const text = {
      x: 'length',
      y: 'value',
      fill: 'var(--soft)',
      fontStyle: 'italic',
      dx: 10,
      dy: -12,
      textAnchor: 'start',
    } as const;
    return [
      Plot.line([start, last], mark),
      Plot.text([start], { ...text, text: () => (power === 1 ? '∝ n' : '∝ n²'), clip: true }),
    ];
  });
}

function greyLine({ points }: Series): Plot.Markish[] {
  return [Plot.line(points, { x: 'length', y: 'value', stroke: 'var(--faint)', strokeWidth: 1 })];
}

function frontMarks(
  { architecture, points }: Series,
  figure: Figure,
  { color, dash, symbol }: Appearance,
): Plot.Markish[] {
  const format = formatOf(figure);
  const title = ({ length, value }: SeriesPoint) => `${architecture}, ${length} tokens: ${format(value)}`;
  const spread = points.filter(({ low, high }) => low !== undefined && high !== undefined);
  return [
    Plot.line(points, { x: 'length', y: 'value', stroke: color, strokeWidth: 1.8, strokeDasharray: dash }),
    Plot.ruleX(spread, { x: 'length', y1: 'low', y2: 'high', stroke: color, strokeOpacity: 0.6 }),
    Plot.dot(points, { x: 'length', y: 'value', stroke: color, fill: 'var(--page)', symbol, r: 2.6, title }),
  ];
}

function crossoverMarks({ crossovers = [] }: Figure, { shown }: Panel): Plot.Markish[] {
  const own = crossovers.filter(({ architecture }) => shown.includes(architecture));
  const point = { x: 'length', y: 'value', title: 'text' } as const;
  return [Plot.dot(own, { ...point, r: 6, stroke: 'currentColor', strokeWidth: 1.1, fill: 'none' })];
}
