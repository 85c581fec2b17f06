/** Bundles the worker's script into a string, so that a user's bundler needs no configuration for a second file. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'backends', 'wasm', 'threads');
const output = join(folder, 'thread.generated.ts');
const sources = ['run-thread.ts', 'job-board.ts'].map((name) => join(folder, name));

export async function generate({ force }) {
  if (!force && isNewer()) return;
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [sources[0]],
    bundle: true,
    minify: true,
    format: 'iife',
    globalName: 'thread',
    target: 'es2022',
    write: false,
  });
  const text = `/** The module \`run-thread.ts\` as a script, which keeps its exports in \`thread\`. */\nexport const THREAD_SOURCE =\n  ${JSON.stringify(outputFiles[0].text)};\n`;
  if (!existsSync(output) || readFileSync(output, 'utf8') !== text) writeFileSync(output, text);
}

function isNewer() {
  const script = fileURLToPath(import.meta.url);
  return existsSync(output) && [...sources, script].every((file) => statSync(file).mtimeMs < statSync(output).mtimeMs);
}
