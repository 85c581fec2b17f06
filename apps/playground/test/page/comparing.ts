import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { Stage } from './stage.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Measuring in the room Compare, and its file. */
export function comparing(stage: Stage): void {
  it('measures, and saves a file that bench report reads and the page opens again', async () => {
    const page = await stage.open('compare?longest=128&of=dense GPT,Mamba');
    await page.getByRole('button', { name: 'Measure', exact: true }).click();
    await page.getByRole('button', { name: 'Measure again' }).waitFor();
    await page.getByRole('img', { name: 'The time against the length for dense GPT, Mamba' }).waitFor();
    const rows = () => page.locator('table tbody tr').allTextContents();
    const measured = await rows();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as JSON Lines' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('scaling-wasm.jsonl');
    const folder = await mkdtemp(join(tmpdir(), 'sequitur-compare-'));
    try {
      const file = join(folder, 'scaling.jsonl');
      await download.saveAs(file);
      const cli = ['--import', 'tsx', 'packages/bench/src/cli.ts', 'report', file];
      const { stdout } = await promisify(execFile)(process.execPath, cli, { cwd: root });
      expect(stdout).toContain('dense GPT');
      expect(await readFile(join(folder, 'scaling.html'), 'utf8')).toContain('Mamba');

      const fresh = await stage.open('compare');
      await fresh.locator('input[type=file]').setInputFiles(file);
      await expect.poll(() => fresh.locator('table tbody tr').allTextContents()).toEqual(measured);
      await writeFile(file, `${(await readFile(file, 'utf8')).slice(0, 200)}\n`);
      await fresh.locator('input[type=file]').setInputFiles(file);
      await fresh.getByRole('alert').getByText('the results').waitFor();
      expect(await fresh.locator('table tbody tr').allTextContents()).toEqual(measured);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}
