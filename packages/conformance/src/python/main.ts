/**
 * `pnpm python [python3]`: models of every mixer, pattern and encoding of positions, here and by the Python file that they
 * carry. Needs PyTorch 1.13 or later, Debian's `python3-torch` for example.
 */
import { openBackend } from '@sequitur/core';
import { compareWithPython } from './compare.js';

const MOST = 1e-4;

await openBackend('wasm');
let [worst, count] = [0, 0];
for await (const { name, ...found } of compareWithPython(process.argv[2] ?? 'python3')) {
  const figures = Object.entries(found).map(([what, value]) => `${what} ${value.toExponential(1)}`);
  const isClose = Object.values(found).every((value) => value <= MOST);
  console.log([isClose ? 'equal' : 'APART', name.padEnd(42), ...figures].join('  '));
  worst = Math.max(worst, ...Object.values(found)); // NaN stays
  count++;
  if (!isClose) process.exitCode = 1;
}
console.log(`\n${count} models, largest difference ${worst.toExponential(1)}`);
