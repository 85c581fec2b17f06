import uPlot from 'uplot';
import { valueText, xText } from './format-axis.js';
import { drawEndLabels, drawGuide, drawToCome } from './marks.js';

export interface Line {
  readonly id: string;
  readonly label: string;
  /** The colour of its family, resolved. */
  readonly colour: string;
  readonly dash: number;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Drawn thin and pale: the raw values of a smoothed line. */
  readonly isFaint?: boolean;
  /** Only circles, no line. */
  readonly isPoints?: boolean;
  /** Drawn thin: computed values next to measured ones. */
  readonly isThin?: boolean;
  /** Filled circles, to distinguish lines of the same colour. */
  readonly isFilled?: boolean;
  /** A line with circles. */
  readonly hasPoints?: boolean;
  /** Heading in the table of the chart; default the label. */
  readonly column?: string;
  /** Whether the line has a label at its end. */
  readonly isNamed?: boolean;
}

export interface ChartOptions {
  readonly xLabel: string;
  readonly isLog?: boolean;
  /** X doubles from tick to tick. */
  readonly isLogX?: boolean;
  /** Format of y values; default two digits. */
  readonly yText?: 'percent' | 'time' | 'bytes' | 'compact';
  /** Text in the region without data; default `to come`. */
  readonly beyond?: string;
  /** A horizontal line at chance level. */
  readonly guide?: number;
  readonly xTicks?: readonly number[];
}

/** Data of a chart, which is redrawn when they change. */
export interface ChartData {
  readonly lines: readonly Line[];
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
  /** The last x with data. */
  readonly known?: number;
}

/** The part of a chart between two x, with room for what is drawn there. */
export function zoomed(data: ChartData, xRange: readonly [number, number], isLog = false): ChartData {
  const inside = data.lines.flatMap(({ x, y, isFaint }) =>
    isFaint
      ? []
      : y.filter((value, index) => Number.isFinite(value) && x[index]! >= xRange[0] && x[index]! <= xRange[1]),
  );
  if (inside.length === 0) return { ...data, xRange };
  const [low, high] = [Math.min(...inside), Math.max(...inside)];
  const room = 0.08 * (high - low || Math.abs(high) || 1);
  return { ...data, xRange, yRange: isLog ? [low * 0.95, high * 1.05] : [low - room, high + room] };
}

/** Colours of the page, resolved for canvases. */
export interface Ink {
  readonly text: string;
  readonly soft: string;
  readonly line: string;
  readonly axis: string;
  readonly page: string;
  readonly panel: string;
  readonly font: string;
}

/** About the width of a letter in a chart. */
const LETTER = 6.6;

/** Dash patterns of the members of a family. */
export const dashes: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [9, 3, 2, 3], [14, 4]];

/** All lines on one list of x values, as uPlot requires. */
export function alignedData(lines: readonly Line[]): uPlot.AlignedData {
  if (lines.length === 0) return [[0], [null]];
  const tables = lines.map(
    ({ x, y }): uPlot.AlignedData => [[...x], y.map((value) => (Number.isFinite(value) ? value : null))],
  );
  return uPlot.join(tables, tables.map(() => [1, 1]) as unknown as uPlot.JoinNullMode[][]);
}

/** @param now returns the data at the time of drawing */
export function chartOptions(
  now: () => ChartData,
  { isLog = false, isLogX = false, yText, xTicks, guide, beyond = 'to come' }: ChartOptions,
  ink: Ink,
  [width, height]: readonly [number, number],
): uPlot.Options {
  const font = `12px ${ink.font}`;
  const axis = { stroke: ink.soft, font, labelFont: font };
  const isNarrow = width < 480;
  return {
    width,
    height,
    padding: [8, () => (isNarrow ? 20 : roomForNames(now(), width)), 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false, setScale: false }, points: { show: false }, y: false, x: false },
    scales: {
      x: {
        time: false,
        ...(isLogX && { distr: 3 as const, log: 2 as const }),
        range: () => [...now().xRange] as [number, number],
      },
      y: { distr: isLog ? 3 : 1, range: () => [...now().yRange] as [number, number] },
    },
    axes: [
      {
        ...axis,
        ...{ size: 26, gap: 4, grid: { show: false }, ticks: { stroke: ink.axis, size: 5, width: 1 } },
        border: { show: true, stroke: ink.axis, width: 1 },
        ...(xTicks && { splits: () => [...xTicks] }),
        values: (_, splits) => splits.map(xText),
        space: isNarrow ? 56 : 90,
      },
      {
        ...axis,
        ...{
          size: yText === 'percent' || !yText ? 44 : 58,
          gap: 6,
          grid: { stroke: ink.line, width: 1 },
          ticks: { show: false },
          space: 30,
        },
        ...(isLog && { splits: () => logTicks(now().yRange), filter: (_: uPlot, splits: number[]) => splits }),
        values: (_, splits) => splits.map((value) => tickText(value, yText, now().yRange)),
      },
    ],
    series: [{}, ...now().lines.map((line) => seriesOf(line, ink))],
    hooks: {
      drawClear: [
        (plot) => drawToCome(plot, now(), beyond, ink),
        (plot) => guide !== undefined && drawGuide(plot, guide, ink),
      ],
      draw: [(plot) => drawEndLabels(plot, now().lines, ink)],
    },
  };
}

/** Room for the labels at the ends of lines: in the region without data, or else next to the plot. */
function roomForNames({ lines, known, xRange }: ChartData, width: number): number {
  const longest = Math.max(0, ...lines.filter(({ isNamed }) => isNamed).map(({ label }) => label.length));
  if (longest === 0) return 18;
  const needed = 30 + LETTER * longest;
  const end = Math.max(0, ...lines.filter(({ isNamed }) => isNamed).map(({ x }) => x.at(-1) ?? 0));
  const toCome = known === undefined || end > known ? 0 : (1 - known / xRange[1]) * (width - 60);
  return toCome > needed ? 18 : needed;
}

function seriesOf(line: Line, ink: Ink): uPlot.Series {
  const { label, colour, dash, isFaint, isThin, isFilled, isPoints, hasPoints } = line;
  const points = { show: true, size: 7, width: 1.8, stroke: colour, fill: isFilled ? colour : ink.page };
  return {
    label,
    stroke: colour,
    width: isPoints ? 0 : isFaint || isThin ? 1 : 1.8,
    alpha: isFaint ? 0.22 : isThin ? 0.7 : 1,
    spanGaps: true,
    ...(dashes[dash % dashes.length]!.length && !isFaint && { dash: [...dashes[dash % dashes.length]!] }),
    points: isPoints || hasPoints ? points : { show: false },
  };
}

function tickText(value: number | null, yText: ChartOptions['yText'], [low, high]: readonly [number, number]): string {
  return value === null ? '' : valueText(value, yText, high - low < 0.5 ? 3 : 2);
}

/** 1, 3, 10, 30 and so on; only 1, 10, 100 where there are many. */
function logTicks([low, high]: readonly [number, number]): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const steps = last - first > 4 ? [1] : last - first > 1 ? [1, 3] : [1, 1.5, 2, 3, 5, 7];
  const ticks: number[] = [];
  for (let power = first; power <= last; power++) ticks.push(...steps.map((step) => step * 10 ** power));
  return ticks.filter((tick) => tick >= low && tick <= high);
}
