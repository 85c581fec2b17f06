import { openBackend } from '@sequitur/core';
import { candidates } from '../candidates.js';
import { scaling, scalingHelp } from './scaling.js';

export const compareHelp = `npm start [-- options], or bench compare

Trains every architecture on a book for a few seconds and measures it by sequence length, in less than three minutes.
Prints a table and a summary, and writes a report. The options are those of bench scaling, with other defaults:

${scalingHelp.slice(scalingHelp.indexOf('  --'))}`;

/** Seconds of training for all architectures together, and the time limit of the sweep. */
const [TRAINING, BUDGET] = [30, 125];

export async function compare(args: readonly string[]): Promise<void> {
  console.log(INTRODUCTION);
  const backend = await openBackend(undefined, { threads: 1 });
  const found = Object.entries(backend.capabilities).map(([what, { detail }]) => `${what}: ${detail}`);
  console.log(`Backend: ${backend.name} (${found.join('; ')})\n`);
  await scaling(['--again', ...args], {
    lengths: '64,128,256,512,1024,2048,4096',
    rounds: '3',
    limit: '1.5', // architectures with slower steps stop there, the others continue
    train: String(Math.round((10 * TRAINING) / candidates.length) / 10),
    budget: String(BUDGET),
    results: 'runs/compare.jsonl',
  });
  console.log(WHAT_NEXT);
}

const INTRODUCTION = `
${candidates.length} architectures of equal size are trained on Moby-Dick for a few seconds each; then training steps, prefill and
decoding are timed by sequence length. This takes less than three minutes.
`;

const WHAT_NEXT = `
Next steps
  Open the report in a browser: charts, data and crossovers.
  npm run bench -- scaling --lengths 256,512,1024,2048,4096,8192 --rounds 7    a longer sweep, which can be interrupted
  npm run bench -- scaling --architectures 'dense GPT,sliding window' --width 128 --depth 4
  npm run character-gpt                                                        train a character GPT, generate with it and save it`;
