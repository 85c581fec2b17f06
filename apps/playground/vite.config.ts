import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { securityPolicy } from './scripts/headers.js';
import { models } from './scripts/models.js';
import { ISOLATED } from './scripts/policy.js';
import { prerender } from './scripts/prerender.js';
import { serviceWorker } from './scripts/service-worker.js';
import { texts } from './scripts/texts.js';

/** The page around the rooms is one file: on a slow line, each further one is a further wait. */
const FRAME = /\/src\/(app\/(?!Computing)|stores\/|styles\/|protocol\/|plots\/format)|\/node_modules\/svelte\//;

/** A static site: any host can serve what is built, below any path. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [svelte(), texts(), models(), prerender(), securityPolicy(), serviceWorker()],
  json: { stringify: true },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    rollupOptions: { output: { manualChunks: (id) => (FRAME.test(id) ? 'frame' : undefined) } },
  },
  server: { headers: ISOLATED },
});
