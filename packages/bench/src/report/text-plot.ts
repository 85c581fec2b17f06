import type { Mode } from '../scaling/records.js';
import type { Analysis } from './analysis.js';
import { milliseconds } from './format.js';

const MARKS = 'abcdefghijklmnopqrstuvwxyz';

/** Log-log plot of times by length as text: one letter for each architecture, `*` where several overlap. */
export function textPlot({ curves }: Analysis, mode: Mode, { width = 72, height = 18 } = {}): string {
  const shown = curves.filter((curve) => curve.mode === mode).slice(0, MARKS.length);
  const all = shown.flatMap(({ points }) => points.map(({ length, time }) => [length, time.median] as const));
  if (all.length === 0) return '';
  const x = scale(
    all.map(([length]) => length),
    width,
  );
  const y = scale(
    all.map(([, time]) => time),
    height,
  );
  const rows = Array.from({ length: height }, () => new Array<string>(width).fill(' '));
  for (const [index, { points }] of shown.entries()) {
    for (const { length, time } of points) {
      const row = rows[height - 1 - y.place(time.median)]!;
      const column = x.place(length);
      row[column] = row[column] === ' ' ? MARKS[index]! : '*';
    }
  }
  const [top, bottom] = [milliseconds(y.most), milliseconds(y.least)];
  const margin = Math.max(top.length, bottom.length);
  const lines = rows.map((row, index) => {
    const label = index === 0 ? top : index === height - 1 ? bottom : '';
    return `${label.padStart(margin)} |${row.join('')}`.trimEnd();
  });
  const axis = `${' '.repeat(margin)} +${'-'.repeat(width)}`;
  const ends = `${' '.repeat(margin + 2)}${String(x.least).padEnd(width - String(x.most).length)}${x.most}`;
  const legend = shown.map(({ architecture }, index) => `${MARKS[index]} ${architecture}`).join('   ');
  return [...lines, axis, ends, ...wrapped(legend, margin + width)].join('\n');
}

function scale(values: readonly number[], places: number) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const span = Math.log(most / least) || 1;
  return { least, most, place: (value: number) => Math.round((Math.log(value / least) / span) * (places - 1)) };
}

function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const part of text.split('   ')) {
    const line = lines.at(-1)!;
    if (line && line.length + part.length + 3 > width) lines.push(part);
    else lines[lines.length - 1] = line ? `${line}   ${part}` : part;
  }
  return lines;
}
