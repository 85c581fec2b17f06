/** Runs every check except the tests, and lists the failed ones at the end. */
import { spawnSync } from 'node:child_process';

const checks = {
  'format and lint': 'pnpm run lint',
  types: 'pnpm run typecheck',
  'types of the playground': 'pnpm --filter @sequitur/playground run typecheck',
  'layers, circles of files and folders': 'pnpm run layers',
  'picture of the packages': 'node scripts/draw-packages.mjs --check',
  'unused code': 'pnpm run unused',
  build: 'pnpm run build',
  'published packages': 'node scripts/published-packages.mjs',
};

const failed = [];
for (const [name, command] of Object.entries(checks)) {
  console.log(`\n== ${name}: ${command}`);
  const [program, ...args] = command.split(' ');
  if (spawnSync(program, args, { stdio: 'inherit' }).status !== 0) failed.push(name);
}
console.log(failed.length ? `\nfailed: ${failed.join(', ')}` : '\nall checks passed');
process.exitCode = failed.length ? 1 : 0;
