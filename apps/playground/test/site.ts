import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { serveFolder } from '../scripts/static-server.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

export interface Site {
  readonly folder: string;
  readonly address: string;
  readonly close: () => Promise<void>;
}

/**
 * Builds the site as `npm run playground` does, and serves it with its own headers. SEQUITUR_SITE names a folder that was
 * built already.
 */
export async function openSite(): Promise<Site> {
  const built = process.env.SEQUITUR_SITE;
  const folder = built ?? (await mkdtemp(join(tmpdir(), 'sequitur-playground-')));
  if (!built) {
    await inProduction(() =>
      build({ root, logLevel: 'error', configFile: join(root, 'vite.config.ts'), build: { outDir: folder } }),
    );
  }
  const { address, server } = await serveFolder(folder);
  return {
    folder,
    address,
    close: async () => {
      server.close();
      if (!built) await rm(folder, { recursive: true });
    },
  };
}

/** Vitest sets NODE_ENV to `test`, for which Vite and Svelte would build a page for development. */
async function inProduction(action: () => Promise<unknown>): Promise<void> {
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    await action();
  } finally {
    process.env.NODE_ENV = before;
  }
}

/** Every script that the page may load before the worker is asked for anything, with what it weighs on the way. */
export async function pageScripts(
  folder: string,
): Promise<{ readonly name: string; readonly bytes: number; readonly code: string }[]> {
  const assets = join(folder, 'assets');
  const names = (await readdir(assets)).filter((name) => name.endsWith('.js'));
  const codes = new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(assets, name), 'utf8')] as const)),
  );
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  const reached = new Set<string>();
  const visit = (text: string) => {
    for (const name of names) {
      // The worker's address is a string like any other; what it loads is the worker's.
      if (reached.has(name) || name.startsWith('main-') || !text.includes(name)) continue;
      reached.add(name);
      visit(codes.get(name)!);
    }
  };
  visit(html);
  return [...reached].map((name) => ({ name, code: codes.get(name)!, bytes: gzipSync(codes.get(name)!).length }));
}
