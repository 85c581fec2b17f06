import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const PACKAGES = join(import.meta.dirname, '../..');

/** tfjs, and the other packages of Sequitur. */
const SEPARATE = /^(@tensorflow|@sequitur)\//;

/**
 * Bytes of minified code that a page loads if it imports everything that a package exports: its modules and the libraries
 * that they use, without tfjs, the other packages of Sequitur, and modules that are loaded lazily.
 */
export async function sizeOfAll(name: string): Promise<number> {
  const { metafile } = await build({
    entryPoints: [join(PACKAGES, name, 'src/index.ts')],
    outdir: join(PACKAGES, name, 'sizes'),
    ...{ bundle: true, splitting: true, minify: true, metafile: true, write: false },
    ...{ format: 'esm', platform: 'browser', logLevel: 'silent' },
    plugins: [
      {
        name: 'separate',
        setup: ({ onResolve }) => {
          onResolve({ filter: SEPARATE }, ({ path }) => ({ path, external: true }));
        },
      },
    ],
  });
  const { outputs } = metafile;
  const loaded = new Set<string>();
  const add = (file: string) => {
    if (loaded.has(file) || !outputs[file]) return;
    loaded.add(file);
    for (const { path, kind } of outputs[file].imports) if (kind === 'import-statement') add(path);
  };
  add(Object.keys(outputs).find((file) => outputs[file]!.entryPoint?.endsWith('src/index.ts'))!);
  return [...loaded].reduce((sum, file) => sum + outputs[file]!.bytes, 0);
}

/** The size of everything that a package exports, in kB, as its README declares it; null where it does not. */
export function declaredSize(name: string): number | null {
  const readme = readFileSync(join(PACKAGES, name, 'README.md'), 'utf8').replaceAll(/\s+/g, ' ');
  const [, size] = /\*\*Size\.\*\* Everything that it exports is at most (\d+) kB/.exec(readme) ?? [];
  return size === undefined ? null : Number(size);
}
