/**
 * Writes the generated sources of every package: each script `packages/<name>/generate/<what>.mjs` exports
 * `generate({ force })`, which rewrites its output only when its inputs are newer.
 */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const packagesFolder = join(dirname(fileURLToPath(import.meta.url)), '..', 'packages');

/** vitest's global setup: called once before the tests. */
export default async function generateSources(options = { force: false }) {
  for (const name of readdirSync(packagesFolder)) {
    for (const script of scriptsOf(join(packagesFolder, name, 'generate'))) {
      const { generate } = await import(pathToFileURL(script).href);
      await generate(options);
    }
  }
}

function scriptsOf(folder) {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.mjs'))
      .map((file) => join(folder, file));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await generateSources({ force: process.argv.includes('--force') });
}
