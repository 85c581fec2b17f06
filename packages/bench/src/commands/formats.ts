import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type CausalModel, SequiturError } from '@sequitur/core';
import { Gpt } from '@sequitur/gpt';
import { Mamba } from '@sequitur/mamba';
import { Auto, type WeightFormat } from '@sequitur/pretrained';
import { FORMATS, type FormatRecord, measureFormats } from '../formats.js';
import { openWithThreads } from '../measure/open-with-threads.js';
import { bytes, milliseconds } from '../report/format.js';
import { BACKENDS, oneOf, positiveInteger, someOf } from './arguments.js';

export const formatsHelp = `bench formats <folder> --text <file> [options]: a language model in several formats of weights: bytes, time, perplexity

  --text <file>          text in UTF-8 that the model was not trained on
  --formats <list>       of ${FORMATS.join(', ')} (default all); the first is what the others are compared with
  --windows <count>      windows of the text (default 16)
  --length <tokens>      tokens of a window (default 128)
  --decoded <tokens>     tokens to decode for the time (default 64)
  --backend <name>       of ${BACKENDS.join(', ')} (default wasm)
  --threads <count>      threads of WebAssembly (default 1)
`;

export async function formats(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      text: { type: 'string' },
      formats: { type: 'string', default: FORMATS.join() },
      windows: { type: 'string', default: '16' },
      length: { type: 'string', default: '128' },
      decoded: { type: 'string', default: '64' },
      backend: { type: 'string', default: 'wasm' },
      threads: { type: 'string', default: '1' },
    },
  });
  const [folder] = positionals;
  if (folder === undefined || values.text === undefined || positionals.length > 1) {
    throw new SequiturError({
      where: 'bench formats',
      expected: 'one folder, and --text',
      got: args.join(' ') || 'nothing',
    });
  }
  const [count, length] = [positiveInteger('--windows', values.windows), positiveInteger('--length', values.length)];
  const wanted = someOf('--formats', FORMATS, values.formats);
  const threads = positiveInteger('--threads', values.threads);
  await openWithThreads(oneOf('--backend', BACKENDS, values.backend), { threads });
  const windows = await windowsOf(folder, { file: values.text, count, length });
  const options = { formats: wanted, windows, decoded: positiveInteger('--decoded', values.decoded) };
  const open = async (dtype: WeightFormat) => (await opened(folder, dtype)) as unknown as CausalModel;
  console.log(row('format', 'bytes', 'ms per token', 'perplexity', 'logit difference', 'same token'));
  for await (const record of measureFormats(open, options)) console.log(lineOf(record));
}

function opened(folder: string, dtype: WeightFormat) {
  return Auto.fromPretrained(folder, { models: [Gpt, Mamba], dtype });
}

interface Windows {
  readonly file: string;
  readonly count: number;
  readonly length: number;
}

/** Windows at equal distances over the whole text. */
async function windowsOf(folder: string, { file, count, length }: Windows): Promise<number[][]> {
  const { tokenizer } = await opened(folder, 'float32');
  if (!tokenizer) throw new SequiturError({ where: folder, expected: 'a tokenizer', got: 'none' });
  const { ids } = tokenizer.tokenize(await textOf(file), { specialTokens: false });
  if (ids.length < length) {
    throw new SequiturError({ where: file, expected: `a text of at least ${length} tokens`, got: String(ids.length) });
  }
  const last = ids.length - length;
  const starts = Array.from({ length: count }, (_, i) => Math.floor((last * i) / Math.max(1, count - 1)));
  return [...new Set(starts)].map((start) => [...ids.slice(start, start + length)]);
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new SequiturError({ where: '--text', expected: 'a file that can be read', got: (error as Error).message });
  }
}

function lineOf(record: FormatRecord): string {
  const { format, perplexity, largestDifference, agreement } = record;
  return row(
    format,
    bytes(record.bytes),
    milliseconds(record.milliseconds),
    perplexity.toFixed(3),
    largestDifference.toPrecision(2),
    `${(100 * agreement).toFixed(1)} %`,
  );
}

function row(...cells: readonly string[]): string {
  return cells.map((cell, index) => (index === 0 ? cell.padEnd(10) : cell.padStart(18))).join('');
}
