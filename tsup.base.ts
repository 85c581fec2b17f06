import { defineConfig, type Options } from 'tsup';
import { pageModules } from './scripts/page-modules.js';

/**
 * How every package is built, with its types: for Node in few files, which load fast, and for pages module by module, so
 * that bundlers leave out the modules that a page does not use.
 */
export function library(entry: Readonly<Record<string, string>> = { index: 'src/index.ts' }) {
  const shared: Options = { format: ['esm'], target: 'es2022', clean: true, removeNodeProtocol: false };
  return defineConfig([
    {
      ...shared,
      ...{ entry, outDir: 'dist/node', dts: true, sourcemap: true, treeshake: true },
      // Of these a small part is used, and looking a package up takes longer than reading that part.
      noExternal: ['valibot', 'fflate', '@huggingface/tokenizers'],
      esbuildOptions: (options) => {
        options.minifyWhitespace = true;
      },
    },
    {
      ...shared,
      entry: ['src/**/*.{ts,js}', '!src/**/*.d.ts'],
      outDir: 'dist/page',
      bundle: false,
      esbuildPlugins: [pageModules(process.cwd())],
    },
  ]);
}
