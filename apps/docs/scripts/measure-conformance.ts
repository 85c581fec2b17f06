/**
 * `pnpm --filter @sequitur/docs run conformance [backend...]`: compares every fixture with PyTorch's numbers on these backends
 * (cpu and wasm without a list), and writes the largest differences into docs/conformance.json, which the site shows.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseJson } from '@sequitur/pretrained';
import { type ConformanceRow, conformanceFile, rowsOf } from './conformance-page.js';

const root = join(import.meta.dirname, '../../..');
const fixtures = join(root, 'packages/conformance/fixtures');

const folders = (await readdir(fixtures, { withFileTypes: true })).filter((entry) => entry.isDirectory());
const names = folders.map(({ name }) => name).sort();
const known: readonly ConformanceRow[] = await readFile(conformanceFile, 'utf8').then(rowsOf, () => []);
const rows: ConformanceRow[] = await Promise.all(names.map(emptyRow));
const backends = process.argv.slice(2);
for (const backend of backends.length ? backends : ['cpu', 'wasm']) await measure(backend);
await writeFile(conformanceFile, `${JSON.stringify(rows, null, 2)}\n`);

/** What is known of other backends stays. */
async function emptyRow(fixture: string): Promise<ConformanceRow> {
  // Python writes Infinity.
  const read = (text: string) => parseJson(text, fixture) as { readonly model_type?: string };
  const config = await readFile(join(fixtures, fixture, 'config.json'), 'utf8').then(read, () => ({
    model_type: undefined,
  }));
  const { differences = {} } = known.find((row) => row.fixture === fixture) ?? {};
  return { fixture, modelType: config.model_type ?? null, differences: { ...differences } };
}

async function measure(backend: string): Promise<void> {
  const main = join(root, 'packages/conformance/src/main.ts');
  const args = ['tsx', main, '--json', '--backend', backend, ...names.map((name) => join(fixtures, name))];
  // Exits with 1 where a fixture fails or is unsupported, which the page shows.
  const { stdout } = await promisify(execFile)('npx', args, { cwd: root, maxBuffer: 2 ** 28 }).catch((error) => error);
  for (const line of String(stdout).trim().split('\n')) {
    const { folder, verdict, findings } = JSON.parse(line);
    const row = rows.find(({ fixture }) => folder.endsWith(`/${fixture}`))!;
    const largest = Math.max(
      0,
      ...findings.map((finding: { largestAbsolute?: number }) => finding.largestAbsolute ?? 0),
    );
    row.differences[backend] = verdict === 'passed' ? largest : verdict;
  }
}
