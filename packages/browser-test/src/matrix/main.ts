/**
 * Uses the packed packages in an empty project with every bundler and runtime: `pnpm run matrix`, with parts of names
 * to choose rows. Each page is opened in Chromium, and the same tiny model must write the same everywhere.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumPath, launch } from '../browser.js';
import { newProject, PUBLISHED, pack } from '../packed.js';
import { ROWS } from './rows.js';

const wanted = process.argv.slice(2);
const rows = Object.entries(ROWS).filter(([name]) => !wanted.length || wanted.some((part) => name.includes(part)));

const folder = await mkdtemp(join(tmpdir(), 'sequitur-matrix-'));
const browser = await launch(chromiumPath()!);
let failures = 0;
try {
  const project = join(folder, 'project');
  const others = Object.assign({}, ...rows.map(([, row]) => row.others ?? {}));
  await newProject(project, { tarballs: await pack(join(folder, 'tarballs'), PUBLISHED), others });
  const { written: expected } = await ROWS['Node, import']!.run({ project, browser });
  for (const [name, row] of rows) {
    const start = performance.now();
    const outcome = await row.run({ project, browser }).catch((error: Error & { stderr?: string }) => {
      return { written: null, remark: undefined, error: error.stderr || error.message };
    });
    const fault = 'error' in outcome ? outcome.error : differs(outcome.written, expected);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log([fault ? 'FAILS' : 'works', name.padEnd(28), `${seconds} s`, outcome.remark ?? ''].join('  '));
    if (!fault) continue;
    failures++;
    console.error(fault);
  }
} finally {
  await browser.close();
  await rm(folder, { recursive: true });
}
process.exitCode = failures ? 1 : 0;

function differs(written: string | null, expected: string | null): string | null {
  return written === null || written === expected ? null : `writes '${written}' instead of '${expected}'`;
}
