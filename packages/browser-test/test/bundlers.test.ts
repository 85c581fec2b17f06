import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, launch } from '../src/browser.js';
import { bundlers } from '../src/bundlers.js';
import { openPage } from '../src/open-page.js';
import { newProject, PUBLISHED, pack } from '../src/packed.js';
import { BUDGETS, overBudget } from '../src/sizes.js';

const run = promisify(execFile);
const chromium = chromiumPath();
const isRequired = process.env.SEQUITUR_REQUIRE_BROWSER === '1';

describe('the packed packages in an empty project', () => {
  let folder: string;
  let project: string;
  /** What Node writes, and pages must. */
  let expected: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sequitur-project-'));
    project = join(folder, 'project');
    await newProject(project, { tarballs: await pack(join(folder, 'tarballs'), PUBLISHED) });
    expected = (await run(process.execPath, ['main.mjs'], { cwd: project })).stdout.slice(0, -1);
  }, 1_500_000);
  afterAll(() => folder && rm(folder, { recursive: true }));

  it('run in Node, by import and by require', async () => {
    expect(expected).toHaveLength(8);
    expect((await run(process.execPath, ['main.cjs'], { cwd: project })).stdout).toBe(`${expected}\n`);
  });

  it('pass tsc --strict', { timeout: 120_000 }, async () => {
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--skipLibCheck'];
    const compiler = join(import.meta.dirname, '../../../node_modules/typescript/bin/tsc');
    const { stdout } = await run(process.execPath, [compiler, ...options, 'types.ts'], { cwd: project });
    expect(stdout).toBe('');
  });

  for (const [name, budget] of Object.entries(BUDGETS)) {
    // A budget that is not met yet stays what it is, and its test ends when it is met.
    const check = budget.over === undefined ? it : it.fails;
    check(`${name} stays within its budget`, { timeout: 60_000 }, async () => {
      expect(await overBudget(project, budget)).toEqual([]);
    });
  }

  describe.skipIf(!chromium && !isRequired)('in pages', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch(chromium!);
    });
    afterAll(() => browser?.close());

    it.each(Object.keys(bundlers))(
      'are built by %s without settings or warnings, and run',
      {
        timeout: 240_000,
      },
      async (name) => {
        const output = join(folder, name);
        expect(await bundlers[name]!(project, output)).toEqual([]);
        expect(await openPage(browser, output)).toBe(expected);
        if (name === 'webpack') expect(await openPage(browser, output, 'worker.html')).toBe(expected);
      },
    );
  });
});
