import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const lines = {
  'x.dataSync();': 'it blocks a page',
  'x.arraySync();': 'it blocks a page',
  'Math.random();': 'it has no seed',
  'multinomial(logits, 1);': 'on WebGPU always class 0 first',
  'topk(x, 3);': 'no gradient',
  "import { x } from '@sequitur/core/kernels';": 'imported by its name',
};

it('the linter refuses calls that block, that cannot be repeated, or that have no gradient', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sequitur-'));
  const [bad, good] = [join(folder, 'bad.ts'), join(folder, 'good.ts')];
  writeFileSync(bad, Object.keys(lines).join('\n'));
  writeFileSync(good, 'await x.data();\nrandom.uniform();\n');
  const lint = (file: string) =>
    spawnSync(process.execPath, ['scripts/forbidden.mjs', file], { cwd: root, encoding: 'utf8' });
  const { status, stderr } = lint(bad);
  expect(status).toBe(1);
  for (const [index, reason] of Object.values(lines).entries()) {
    expect(stderr).toMatch(new RegExp(`bad.ts:${index + 1}: .*\\n.*${reason}`));
  }
  expect(lint(good).status).toBe(0);
  rmSync(folder, { recursive: true });
});
