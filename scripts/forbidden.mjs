/** Refuses calls that the linter has no rule for, each with the reason. Looks at what git tracks below packages/<name>/src. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const forbidden = [
  {
    pattern: /\.(dataSync|arraySync)\(/,
    reason: 'it blocks a page, and throws in Node on GPU data: await data() instead',
  },
  { pattern: /Math\.random\(/, reason: 'it has no seed: draw from a Random of @sequitur/core' },
  { pattern: /from '@sequitur\/[a-z]+\//, reason: 'a package is imported by its name, never by a path inside it' },
];

const files = execFileSync('git', ['ls-files', 'packages/*/src/**', 'examples/**'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file.endsWith('.ts'));
let found = 0;
for (const file of files) {
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    for (const { pattern, reason } of forbidden) {
      if (!pattern.test(line)) continue;
      found++;
      console.error(`${file}:${index + 1}: ${line.trim()}\n  ${reason}`);
    }
  }
}
process.exitCode = found ? 1 : 0;
