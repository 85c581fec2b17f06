import type { Options } from 'tsup';

/** How every package is built: ESM with types, tfjs left outside. */
export function library(overrides: Options = {}): Options {
  return {
    entry: ['src/index.ts'],
    format: ['esm'],
    target: 'es2022',
    dts: true,
    clean: true,
    sourcemap: true,
    treeshake: true,
    ...overrides,
  };
}
