/** Compiles the loop that measures the processor's peak, and writes it as base64. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bench = join(dirname(fileURLToPath(import.meta.url)), '..');
const output = join(bench, 'src', 'measure', 'peak.generated.ts');

export async function generate({ force }) {
  if (!force && existsSync(output)) return;
  const { main } = await import('assemblyscript/asc');
  const folder = mkdtempSync(join(tmpdir(), 'sequitur-peak-'));
  try {
    const file = join(folder, 'peak.wasm');
    const { error, stderr } = await main([
      join(bench, 'assembly', 'peak.ts'),
      ...['--baseDir', '/', '--outFile', file, '--importMemory', '--noExportMemory', '--runtime', 'stub'],
      ...['-O3', '--noAssert', '--enable', 'simd', '--initialMemory', '1'],
    ]);
    if (error) throw new Error(`assembly/peak.ts does not compile\n${stderr}`);
    writeFileSync(output, `export const PEAK_BASE64 =\n  '${readFileSync(file).toString('base64')}';\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
