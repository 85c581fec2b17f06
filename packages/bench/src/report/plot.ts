import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { bytes, milliseconds } from './format.js';
import type { Appearance } from './palette.js';
import type { Figure, Series, SeriesPoint } from './series.js';

const SIZE = { width: 880, height: 440, marginLeft: 72, marginRight: 220, marginBottom: 44, marginTop: 16 };
/** Between the labels at the ends of lines. */
const LINE_HEIGHT = 15;

type Looks = ReadonlyMap<string, Appearance>;

/** A figure as SVG, its colours left to the page's style sheet. */
export function drawFigure(figure: Figure, looks: Looks): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const lengths = [...new Set(figure.series.flatMap(({ points }) => points.map(({ length }) => length)))].sort(
    (a, b) => a - b,
  );
  const plot = Plot.plot({
    ...SIZE,
    document: document as unknown as Document,
    style: { background: 'transparent', fontSize: '12px', overflow: 'visible' },
    x: {
      ...{ type: 'log', label: figure.x, labelAnchor: 'center', labelArrow: 'none', grid: true },
      ...{ ticks: lengths, tickFormat: (length: number) => String(length) },
    },
    y: {
      type: figure.logarithmicY ? 'log' : 'linear',
      label: figure.y,
      grid: true,
      ...{ insetTop: 14, insetBottom: 10 }, // no tick in the label, none on the other axis
      ...(figure.unit === 'bytes' && { base: 2 }), // else every third label is missing
      ticks: figure.unit === 'bytes' ? byteTicks(figure) : 6,
      tickFormat: formatOf(figure),
    },
    marks: figure.series
      .flatMap((series) => marksOf(series, figure, looks.get(series.architecture)!))
      .concat(crossoverMarks(figure)),
  });
  const y = plot.scale('y') as unknown as { apply(value: number): number };
  const x = plot.scale('x') as unknown as { apply(value: number): number };
  labelEnds(plot as unknown as SVGElement, document as unknown as Document, figure, looks, { x: x.apply, y: y.apply });
  plot.setAttribute('role', 'img');
  plot.setAttribute('aria-label', `${figure.title}: ${figure.y} against ${figure.x}`);
  return plot.outerHTML;
}

/** Powers of two, which is how bytes are written: every fourth, or fewer where there would be many. */
function byteTicks({ series }: Figure): number[] {
  const values = series.flatMap(({ points }) => points.map(({ value }) => Math.log2(value)));
  const [least, most] = [Math.floor(Math.min(...values)), Math.ceil(Math.max(...values))];
  const step = [1, 2, 5, 10].find((candidate) => (most - least) / candidate <= 8) ?? 10;
  const first = Math.ceil(least / step) * step;
  return Array.from({ length: Math.floor((most - first) / step) + 1 }, (_, index) => 2 ** (first + index * step));
}

function marksOf(
  { architecture, points, law }: Series,
  figure: Figure,
  { color, dash, symbol }: Appearance,
): Plot.Markish[] {
  const format = formatOf(figure);
  const title = ({ length, value }: SeriesPoint) => `${architecture}, ${length} tokens: ${format(value)}`;
  const spread = points.filter(({ low, high }) => low !== undefined && high !== undefined);
  const line = law
    ? [law.from, law.to].map((length) => ({ length, value: Math.exp(law.intercept) * length ** law.exponent }))
    : points;
  return [
    Plot.line(line, { x: 'length', y: 'value', stroke: color, strokeWidth: 1.6, strokeDasharray: dash, clip: true }),
    Plot.ruleX(spread, { x: 'length', y1: 'low', y2: 'high', stroke: color, strokeOpacity: 0.6 }),
    Plot.dot(points, { x: 'length', y: 'value', stroke: color, fill: color, fillOpacity: 0.35, symbol, r: 3.2, title }),
  ];
}

function crossoverMarks({ crossovers = [] }: Figure): Plot.Markish[] {
  const point = { x: 'length', y: 'value', title: 'text' } as const;
  return [Plot.dot(crossovers, { ...point, r: 7, stroke: 'currentColor', strokeWidth: 1.2, fill: 'none' })];
}

interface Scales {
  x(value: number): number;
  y(value: number): number;
}

/** Writes each architecture's name at the end of its line, apart from one another, with a thin line to it. */
function labelEnds(svg: SVGElement, document: Document, { series }: Figure, looks: Looks, scales: Scales): void {
  const ends = series
    .map(({ architecture, points }) => {
      const last = points.at(-1)!;
      return { architecture, from: [scales.x(last.length), scales.y(last.value)] as const, at: scales.y(last.value) };
    })
    .sort((a, b) => a.at - b.at);
  const column = SIZE.width - SIZE.marginRight + 26;
  for (const [index, place] of spaced(ends.map(({ at }) => at)).entries()) {
    const { architecture, from } = ends[index]!;
    const { color, dash } = looks.get(architecture)!;
    const leader = element(document, 'polyline', {
      points: `${from[0] + 5},${from[1]} ${column - 16},${place} ${column - 3},${place}`,
      ...{ fill: 'none', stroke: color, 'stroke-width': '1', 'stroke-dasharray': dash || 'none', opacity: '0.75' },
    });
    const label = element(document, 'text', {
      x: String(column),
      y: String(place + 4),
      fill: 'currentColor',
      'text-anchor': 'start',
    });
    label.textContent = architecture;
    svg.append(leader, label);
  }
}

/** The places, ascending, moved as little as keeps them a line apart and within the picture. */
function spaced(places: readonly number[]): number[] {
  const moved: number[] = [];
  for (const place of places) moved.push(Math.max(place, (moved.at(-1) ?? -LINE_HEIGHT) + LINE_HEIGHT));
  let limit = SIZE.height - SIZE.marginBottom + LINE_HEIGHT;
  for (let index = moved.length - 1; index >= 0; index--) {
    moved[index] = Math.min(moved[index]!, limit);
    limit = moved[index]! - LINE_HEIGHT;
  }
  return moved;
}

function element(document: Document, name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export function formatOf({ unit }: Pick<Figure, 'unit'>): (value: number) => string {
  if (unit === 'milliseconds') return milliseconds;
  return unit === 'bytes' ? bytes : (value) => `${(100 * value).toPrecision(2)} %`;
}
