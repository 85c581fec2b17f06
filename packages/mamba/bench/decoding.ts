/**
 * Milliseconds of the processor per token and bytes of state of a small Mamba, from the first token to the hundred
 * thousandth.
 *
 *     pnpm exec tsx packages/ssm/bench/decoding.ts [backend]
 */
import { type BackendName, bytesIn, openBackend, replaceState, tokenTensor } from '@sequitur/core';
import { Mamba } from '../src/index.js';

const [backendName = 'wasm'] = process.argv.slice(2);
const backend = await openBackend(backendName as BackendName, { threads: 1 }); // the processor counts all
const model = Mamba.create({ vocabularySize: 128, width: 128, depth: 4 }, { seed: 1 });
const pieces = [1, 99, 900, 9000, 20000, 20000, 20000, 30000];
let state = model.initState(1);
let position = 0;

function read(tokens: number[]): void {
  const input = tokenTensor([tokens], model.vocabularySize);
  const step = model.step(input, state, { logits: 'last' });
  state = replaceState(state, step.state);
  position += tokens.length;
  step.logits.dispose();
  input.dispose();
}

/** The time that this process kept a core busy: what others do on the machine does not count, nor does waiting for a GPU. */
function busy(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function measure(): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < 40; i++) {
    const start = busy();
    read([i % 128]);
    await backend.sync();
    times.push(busy() - start);
  }
  const median = times.sort((a, b) => a - b)[20]!;
  console.log(`position ${position}: ${median.toFixed(2)} ms per token, ${bytesIn(state)} bytes of state`);
}

for (const count of pieces) {
  // In pieces, so that no tensor of the whole text is made.
  for (let left = count; left > 0; left -= 1000)
    read(Array.from({ length: Math.min(1000, left) }, (_, i) => (i * 7) % 128));
  await measure();
}
