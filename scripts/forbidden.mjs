/**
 * Refuses calls that the linter has no rule for, each with the reason. Checks the given files, or all tracked files in
 * packages/<name>/src and examples.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const forbidden = [
  {
    pattern: /\.(dataSync|arraySync)\(/,
    reason: 'it blocks a page, and throws in Node on GPU data: await data() instead',
  },
  { pattern: /Math\.random\(/, reason: 'it has no seed: draw from a Random of @sequitur/core' },
  {
    pattern: /\b(multinomial|randomNormal|randomUniform|randomGamma|truncatedNormal)\(/,
    reason: 'tfjs draws without a seed of ours, and on WebGPU always class 0 first: draw on the host from a Random',
  },
  {
    pattern: /(?<![.\w])(einsum|topk|gatherND|cumprod|stridedSlice|scatterND|tensorScatterUpdate)\(/,
    reason: 'tfjs has no gradient for it: use other operations, define an op with one, or mark it "// no gradient"',
    unless: /\/\/ no gradient/,
  },
  { pattern: /from '@sequitur\/[a-z]+\//, reason: 'a package is imported by its name, never by a path inside it' },
];

const named = process.argv.slice(2);
const tracked = () => execFileSync('git', ['ls-files', 'packages/*/src/**', 'examples/**'], { encoding: 'utf8' });
const files = named.length
  ? named
  : tracked()
      .split('\n')
      .filter((file) => file.endsWith('.ts'));
let found = 0;
for (const file of files) {
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    for (const { pattern, reason, unless } of forbidden) {
      if (!pattern.test(line) || unless?.test(line)) continue;
      found++;
      console.error(`${file}:${index + 1}: ${line.trim()}\n  ${reason}`);
    }
  }
}
process.exitCode = found ? 1 : 0;
