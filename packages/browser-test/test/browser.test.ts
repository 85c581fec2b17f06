import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, launch, serve } from '../src/browser.js';
import { buildPage } from '../src/built-page.js';
import type { PageResult } from '../src/page-result.js';

const chromium = chromiumPath();
const isRequired = process.env.SEQUITUR_REQUIRE_BROWSER === '1';
const title = 'a page built by Vite from the packed packages';

describe.skipIf(!chromium && !isRequired)(chromium ? title : `${title} (no Chromium here)`, () => {
  let folder: string;
  let browser: Browser;
  let server: Server;
  let address: string;
  let warnings: readonly string[];

  beforeAll(async () => {
    if (!chromium) throw new Error('SEQUITUR_REQUIRE_BROWSER is set, and there is no Chromium');
    folder = await mkdtemp(join(tmpdir(), 'sequitur-page-'));
    const built = await buildPage(folder);
    warnings = built.warnings;
    ({ address, server } = await serve(built.output));
    browser = await launch(chromium);
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    server?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  for (const backend of ['wasm', 'webgpu']) {
    it(`trains, generates, saves and loads on ${backend}`, async () => {
      const page = await browser.newPage();
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      await page.goto(`${address}/?backend=${backend}`);
      await page.waitForFunction('globalThis.result', undefined, { timeout: 240_000 });
      const result = (await page.evaluate('globalThis.result')) as PageResult;
      expect(faults).toEqual([]);
      expect(result).toMatchObject({ backend, written: 'der, pon', hasNodeGlobals: false });
      expect(result.writtenByLoaded).toBe(result.written);
      expect(result.files).toEqual(['tokenizer.json', 'tokenizer_config.json', 'model.safetensors', 'config.json']);
      expect(result.firstLoss).toBeGreaterThan(2);
      expect(result.lastLoss).toBeLessThan(0.3);
      await page.close();
    }, 300_000);
  }

  it('is built without a word about modules of Node that a page would miss', () => {
    expect(warnings.filter((warning) => !warning.includes('externalized for browser compatibility'))).toEqual([]);
  });
});
