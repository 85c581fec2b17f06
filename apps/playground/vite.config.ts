import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { securityPolicy } from './scripts/headers.js';
import { models } from './scripts/models.js';
import { ISOLATED } from './scripts/policy.js';
import { serviceWorker } from './scripts/service-worker.js';
import { texts } from './scripts/texts.js';

/** A static site: any host can serve what is built, below any path. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [svelte(), texts(), models(), securityPolicy(), serviceWorker()],
  worker: { format: 'es' },
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 2000 },
  server: { headers: ISOLATED },
});
