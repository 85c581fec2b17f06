import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openBackend } from '@sequitur/core';
import { candidates } from '../candidates.js';
import { clocks } from '../measure/clock.js';
import { loadWarning } from '../measure/machine.js';
import { measureApart } from '../scaling/measure-apart.js';
import type { SweepSettings } from '../scaling/records.js';
import { run } from '../scaling/run.js';
import { readBook } from '../scaling/text.js';
import { oneOf, positiveInteger, positiveNumber, someOf } from './arguments.js';
import { present } from './present.js';
import { progressLine } from './progress-line.js';

const names = candidates.map(({ name }) => name);
const modes = ['train', 'prefill', 'decode', 'encode'] as const;

export const scalingHelp = `bench scaling [options]: time and memory of architectures by sequence length

  --architectures <...>  separated by commas (default all): ${names.join(', ')}
  --lengths <...>        in tokens (default 64,128,256,512,1024)
  --modes <...>          of ${modes.join(', ')} (default all)
  --backend <name>       webgpu, wasm or cpu (default the best one found)
  --rounds <n>           measurements per point, interleaved with the other points of its length (default 5)
  --limit <seconds>      time limit of one measurement, else the point is recorded as timed out (default 30)
  --budget <seconds>     time limit of the sweep; longer lengths are skipped (default none)
  --train <seconds>      training time of each architecture on a book before measuring (default 0)
  --width, --depth, --heads <n>   size of the first architecture (default 64, 2, 2), to which the others are matched
  --match <what>         match sizes by parameters or flops, within 3 % (default parameters)
  --clock <name>         wall or processor time (default wall)
  --results <path>       JSON Lines (default runs/scaling.jsonl); an interrupted sweep is resumed
  --report <path>        one HTML file (default beside the results)
  --again                discard existing results
`;

const defaults = {
  architectures: names.join(','),
  lengths: '64,128,256,512,1024',
  modes: modes.join(','),
  rounds: '5',
  limit: '30',
  train: '0',
  width: '64',
  depth: '2',
  heads: '2',
  match: 'parameters',
  clock: 'wall',
  results: 'runs/scaling.jsonl',
} as const;

/** Scaling is measured with one thread: several would hide the growth of the work. */
const THREADS = 1;

/** @param preset defaults of a command that runs this one with other settings */
export async function scaling(
  args: readonly string[],
  preset: Partial<Record<keyof typeof defaults | 'budget', string>> = {},
) {
  const text = (value?: string) => ({ type: 'string' as const, ...(value !== undefined && { default: value }) });
  const options = Object.fromEntries(
    Object.entries({ ...defaults, ...preset }).map(([name, value]) => [name, text(value)]),
  );
  const parsed = parseArgs({
    args: [...args],
    options: {
      budget: text(),
      backend: text(),
      report: text(),
      again: { type: 'boolean', default: false },
      ...options,
    },
  });
  const { again, ...strings } = parsed.values;
  const values = strings as Record<string, string | undefined>;
  const given = (name: keyof typeof defaults) => values[name]!;
  const backend = await openBackend(
    values.backend ? [oneOf('--backend', ['webgpu', 'wasm', 'cpu'], values.backend)] : undefined,
    { threads: THREADS },
  );
  const settings: SweepSettings = {
    architectures: someOf('--architectures', names, given('architectures')),
    backend: backend.name,
    modes: someOf('--modes', modes, given('modes')),
    lengths: given('lengths')
      .split(',')
      .map((length) => positiveInteger('--lengths', length))
      .sort((a, b) => a - b),
    rounds: positiveInteger('--rounds', given('rounds')),
    timeLimit: positiveNumber('--limit', given('limit')),
    width: positiveInteger('--width', given('width')),
    depth: positiveInteger('--depth', given('depth')),
    heads: positiveInteger('--heads', given('heads')),
    vocabularySize: readBook().vocabularySize,
    matchedBy: oneOf('--match', ['parameters', 'flops'], given('match')),
    clock: oneOf('--clock', Object.keys(clocks) as (keyof typeof clocks)[], given('clock')),
    threads: THREADS,
  };
  const warning = loadWarning();
  if (warning) console.warn(`Warning: ${warning}`);
  const results = given('results');
  if (again) await rm(results, { force: true });
  const line = progressLine();
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort(new Error(`interrupted; the same command resumes from ${results}`));
  process.once('SIGINT', interrupt);
  try {
    const records = await run({
      ...{ candidates, settings, results, trainFor: positiveNumber('--train', given('train')) },
      ...(values.budget !== undefined && { budget: positiveNumber('--budget', values.budget) }),
      measure: measureApart(),
      command: commandLine(),
      signal: interrupted.signal,
      onProgress: line.show,
    });
    line.end();
    await present(records, values.report ?? results.replace(/(\.jsonl)?$/, '.html'));
  } finally {
    line.end();
    process.off('SIGINT', interrupt);
  }
}

function commandLine(): string {
  return ['pnpm bench', ...process.argv.slice(2)]
    .map((part) => (/[ (]/.test(part) && part !== 'pnpm bench' ? `'${part}'` : part))
    .join(' ');
}
