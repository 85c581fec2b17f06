import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Rollup } from 'vite';
import { securityPolicy } from './scripts/headers.js';
import { models } from './scripts/models.js';
import { nodeOnly } from './scripts/node-only.js';
import { ISOLATED } from './scripts/policy.js';
import { serviceWorker } from './scripts/service-worker.js';
import { texts } from './scripts/texts.js';

/** Modules of Node are imported where the packages find themselves in Node, which is never in a page. */
const onwarn: Rollup.WarningHandlerWithDefault = (warning, warn) => {
  if (!warning.message.includes('externalized for browser compatibility')) warn(warning);
};

/** A static site: any host can serve what is built, below any path. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [nodeOnly(), svelte(), texts(), models(), securityPolicy(), serviceWorker()],
  worker: { format: 'es', plugins: () => [nodeOnly()] },
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 2000, rollupOptions: { onwarn } },
  server: { headers: ISOLATED },
});
