import { percent } from '../../plots/format.js';
import { inkOfPage } from '../../plots/ink.js';
import type { ChartData, ChartOptions, Line } from '../../plots/line-chart.js';
import type { TaskScore } from '../../protocol/train.js';
import type { Task } from '../../tasks/index.js';
import type { Row } from './state/rows.js';

export interface Picture {
  readonly title: string;
  readonly says: string;
  readonly data: ChartData;
  readonly options: ChartOptions;
  readonly label: string;
}

interface Points {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Charts of accuracy by length, by position, and by training step. */
export function taskPictures(rows: readonly Row[], task: Task): Picture[] {
  const scored = rows.filter(({ run }) => run && run.scores.length > 0);
  if (scored.length === 0) return [];
  const last = (row: Row) => row.run!.scores.at(-1)!;
  const picture = (title: string, says: string, xLabel: string, of: (row: Row) => Points, hasPoints: boolean) =>
    pictureOf(scored, task, { title, says, xLabel, of, hasPoints });
  return [
    picture(
      'Accuracy by length',
      'At the trained length, and at twice and four times that.',
      'tokens',
      (row) => lengths(last(row)),
      true,
    ),
    picture('Accuracy by place', 'At the trained length.', task.placeLabel, (row) => places(last(row)), false),
    picture(
      'Accuracy while learning',
      'At the trained length, all places together.',
      'steps',
      ({ run }) => learning(run!.scores),
      false,
    ),
  ];
}

interface PictureParts {
  readonly title: string;
  readonly says: string;
  readonly xLabel: string;
  readonly of: (row: Row) => Points;
  readonly hasPoints: boolean;
}

function pictureOf(rows: readonly Row[], task: Task, { title, says, xLabel, of, hasPoints }: PictureParts): Picture {
  const { families } = inkOfPage();
  const lines = rows.map((row): Line => {
    const { id, spec, family, dash } = row;
    return { id, label: spec.name, colour: families[family], dash, hasPoints, ...of(row) };
  });
  const xs = lines.flatMap(({ x }) => x);
  const ticks = hasPoints ? [...new Set(xs)] : undefined;
  return {
    ...{ title, says },
    data: { lines, xRange: [Math.min(...xs), Math.max(...xs, Math.min(...xs) + 1)], yRange: [0, 1.02] },
    options: {
      xLabel,
      yText: 'percent',
      guide: task.chance,
      ...(ticks && { xTicks: ticks }),
    },
    label: `${title}. ${lines.map((line) => (hasPoints ? allOf(line) : lastOf(line))).join('. ')}`,
  };
}

/** What a picture says to who cannot see it: every point of a line, or its end. */
function allOf({ label, x, y }: Line): string {
  return `${label}: ${x.map((at, index) => `${percent(y[index]!)} at ${at}`).join(', ')}`;
}

function lastOf({ label, y }: Line): string {
  return `${label}: ${percent(y.at(-1) ?? 0)} at the end`;
}

function lengths({ lengths: all }: TaskScore): Points {
  return { x: all.map(({ tokens }) => tokens), y: all.map(({ accuracy }) => accuracy) };
}

function places({ places: all }: TaskScore): Points {
  return { x: all.map(({ place }) => place), y: all.map(({ accuracy }) => accuracy) };
}

function learning(scores: readonly TaskScore[]): Points {
  return { x: scores.map(({ step }) => step), y: scores.map(({ lengths: [first] }) => first!.accuracy) };
}
