import { openBackend } from '@sequitur/core';
import { candidates } from '../architectures.js';
import { scaling, scalingHelp } from './scaling.js';

export const compareHelp = `npm start [-- options], or bench compare

Every architecture learns from a book for a moment and is measured over lengths,
in less than three minutes; ends with a table, a report and a paragraph in words. Options, with the defaults of bench scaling for those not set here:

${scalingHelp.slice(scalingHelp.indexOf('  --'))}`;

/** Seconds of training for all architectures together, and until no further length is begun. */
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
${candidates.length} architectures of equal size learn from Moby-Dick for a moment each; then a training step, reading a text and
writing a token are timed as the text grows. This takes less than three minutes.
`;

const WHAT_NEXT = `
What to try next
  Open the report in a browser: every picture, its data, and where curves cross.
  npm run bench -- scaling --lengths 256,512,1024,2048,4096,8192 --rounds 7    a longer sweep, which can be interrupted
  npm run bench -- scaling --architectures 'dense GPT,sliding window' --width 128 --depth 4
  npm run character-gpt                                                        train a character GPT that writes, and save it`;
