/** Packs each public package as for npm, and checks the tarball with publint and are-the-types-wrong. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packagesFolder = join(dirname(fileURLToPath(import.meta.url)), '..', 'packages');
const output = mkdtempSync(join(tmpdir(), 'sequitur-tarballs-'));
let failures = 0;

for (const name of readdirSync(packagesFolder)) {
  const folder = join(packagesFolder, name);
  if (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).private) continue;
  run('pnpm', ['pack', '--pack-destination', output], folder);
}
for (const tarball of readdirSync(output)) {
  console.log(tarball);
  run('pnpm', ['exec', 'publint', 'run', join(output, tarball), '--strict']);
  // The packages are ESM for Node and bundlers: `require` is not supported on purpose.
  run('pnpm', ['exec', 'attw', join(output, tarball), '--profile', 'esm-only', '--quiet']);
}
rmSync(output, { recursive: true });
process.exitCode = failures ? 1 : 0;

function run(program, args, cwd = join(packagesFolder, '..')) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status === 0) return;
  failures++;
  process.stderr.write(`${program} ${args.join(' ')}\n${stdout}${stderr}\n`);
}
