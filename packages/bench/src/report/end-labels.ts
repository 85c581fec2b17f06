import type { Appearance } from './palette.js';

/** A name at the end of a line. */
export interface EndLabel {
  readonly name: string;
  /** Exponent of the line's growth, if known. */
  readonly exponent?: number | undefined;
  /** Where the line ends. */
  readonly at: { readonly x: number; readonly y: number };
  readonly look: Appearance;
}

/** The column for labels. */
export interface LabelColumn {
  readonly column: number;
  readonly top: number;
  readonly bottom: number;
}

const LINE_HEIGHT = 15;

/** Labels the end of each line with its name and exponent, without overlaps, with thin leader lines. */
export function labelEnds(svg: SVGElement, labels: readonly EndLabel[], { column, top, bottom }: LabelColumn): void {
  const sorted = [...labels].sort((a, b) => a.at.y - b.at.y);
  const places = spaced(
    sorted.map(({ at }) => at.y),
    { top, bottom },
  );
  for (const [index, { name, exponent, at, look }] of sorted.entries()) {
    const place = places[index]!;
    const leader = element(svg, 'polyline', {
      points: `${at.x + 4},${at.y} ${column - 12},${place} ${column - 3},${place}`,
      ...{ fill: 'none', stroke: look.color, 'stroke-width': '1', 'stroke-dasharray': look.dash || 'none' },
    });
    const label = element(svg, 'text', { x: `${column}`, y: `${place + 4}`, 'text-anchor': 'start', fill: look.color });
    label.textContent = exponent === undefined ? name : `${name}  n`;
    if (exponent !== undefined) label.append(raised(svg, exponent.toFixed(2)));
    svg.append(leader, label);
  }
}

function raised(svg: SVGElement, text: string): SVGElement {
  const made = element(svg, 'tspan', { dy: '-4', 'font-size': '9.5px' });
  made.textContent = text;
  return made;
}

/** Ascending positions, moved as little as needed to be one text line apart and within the plot. */
function spaced(places: readonly number[], { top, bottom }: Omit<LabelColumn, 'column'>): number[] {
  const moved: number[] = [];
  for (const place of places) moved.push(Math.max(place, (moved.at(-1) ?? top - LINE_HEIGHT) + LINE_HEIGHT));
  let limit = bottom;
  for (let index = moved.length - 1; index >= 0; index--) {
    moved[index] = Math.min(moved[index]!, limit);
    limit = moved[index]! - LINE_HEIGHT;
  }
  return moved;
}

function element(svg: SVGElement, name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const made = svg.ownerDocument.createElementNS('http://www.w3.org/2000/svg', name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
