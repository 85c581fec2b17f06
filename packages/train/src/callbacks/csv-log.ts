import { checkOptions, option, optionsOf, SequiturError } from '@sequitur/core';
import { openLogFile } from '#platform';
import type { LogFile } from '../platform/log-file.js';
import type { TrainProgress } from '../train-progress.js';
import type { TrainCallbacks } from './callbacks.js';
import { logPlace } from './log-place.js';

export interface CsvLogOptions {
  /** A path (Node), or an object that reads and writes the file. */
  readonly file: string | LogFile;
  /** Steps between rows, besides those of evaluations and checkpoints; default 1. */
  readonly every?: number | undefined;
}

const csvLogOptions = optionsOf<CsvLogOptions>({ file: logPlace, every: option.optional(option.count) });

const COLUMNS = [
  ...(['step', 'loss', 'gradientNorm', 'learningRate', 'tokensPerSecond'] as const),
  ...(['validationLoss', 'checkpoint'] as const),
];
const HEADER = `${COLUMNS.join(',')}\n`;

/**
 * Writes the progress as comma-separated values, a row as soon as its step is done. A resumed run continues the file: rows
 * after its checkpoint are removed, since their steps are taken again.
 *
 * @throws SequiturError as the run starts, where the file holds another run or another table
 */
export function csvLog(options: CsvLogOptions): TrainCallbacks {
  const { file: place, every = 1 } = checkOptions('csvLog', csvLogOptions, options);
  const file = typeof place === 'string' ? openLogFile(place) : place;
  return {
    onStart: async ({ step }) => file.replace(bytesOf(HEADER + (await rowsUpTo(file, step)))),
    onStep: async (progress) => {
      const isDue = progress.step % every === 0 || progress.validationLoss !== undefined || progress.checkpoint;
      if (isDue) await file.append(bytesOf(rowOf(progress)));
    },
  };
}

async function rowsUpTo(file: LogFile, last: number): Promise<string> {
  const content = await file.read();
  if (!content?.length) return '';
  const [header, ...rows] = new TextDecoder().decode(content).split(/(?<=\n)/);
  if (header !== HEADER) throw occupied(file.name, last, `the header ${header!.trim().slice(0, 80)}`);
  if (last === 0 && rows.length > 0) throw occupied(file.name, last, `${rows.length} rows of another run`);
  // A killed process may leave half a row.
  return rows.filter((row) => row.endsWith('\n') && Number.parseInt(row, 10) <= last).join('');
}

function occupied(name: string, step: number, got: string): SequiturError {
  return new SequiturError({
    where: `csvLog, ${name}`,
    expected: step === 0 ? 'no file, for a new run' : `the table of this run, which begins with ${HEADER.trim()}`,
    got,
    fix: 'Choose another file, or remove this one',
  });
}

function rowOf(progress: TrainProgress): string {
  return `${COLUMNS.map((column) => progress[column] ?? '').join(',')}\n`;
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
