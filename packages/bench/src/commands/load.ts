import { parseArgs } from 'node:util';
import { SequiturError } from '@sequitur/core';
import type { WeightFormat } from '@sequitur/pretrained';
import { FORMATS } from '../formats.js';
import { measureLoad } from '../load.js';
import { openWithThreads } from '../measure/open-with-threads.js';
import { LARGE, writeRandomLlama } from '../random-llama.js';
import { bytes } from '../report/format.js';
import { BACKENDS, oneOf, positiveInteger } from './arguments.js';

const dtypes: readonly WeightFormat[] = [...FORMATS, 'auto'];

export const loadHelp = `bench load <folder> [options]: what it takes to load a GPT-like model and to write with it: seconds, bytes, tokens a second

  --random               first writes a Llama of 1.1 billion random weights in bfloat16 (2.2 GB) into the folder
  --dtype <format>       of ${dtypes.join(', ')} (default q4)
  --decoded <tokens>     tokens to decode (default 32)
  --backend <name>       of ${BACKENDS.join(', ')} (default wasm)
  --threads <count>      threads of WebAssembly (default 1)
`;

export async function load(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      random: { type: 'boolean', default: false },
      dtype: { type: 'string', default: 'q4' },
      decoded: { type: 'string', default: '32' },
      backend: { type: 'string', default: 'wasm' },
      threads: { type: 'string', default: '1' },
    },
  });
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1) {
    throw new SequiturError({ where: 'bench load', expected: 'one folder', got: args.join(' ') || 'nothing' });
  }
  const [dtype, decoded] = [oneOf('--dtype', dtypes, values.dtype), positiveInteger('--decoded', values.decoded)];
  const threads = positiveInteger('--threads', values.threads);
  await openWithThreads(oneOf('--backend', BACKENDS, values.backend), { threads });
  if (values.random) await writeRandomLlama(folder, LARGE);
  const record = await measureLoad(folder, { dtype, decoded });
  console.log(`loaded in ${record.secondsToLoad.toFixed(1)} s: ${bytes(record.bytes)} of parameters in ${dtype}`);
  console.log(`first token after ${record.secondsToFirstToken.toFixed(1)} s (a prompt of 16 tokens)`);
  console.log(`${record.tokensPerSecond.toFixed(1)} tokens a second`);
  console.log(`the process took at most ${bytes(record.peakBytes)}`);
}
