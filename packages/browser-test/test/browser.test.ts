import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, ISOLATED, launch, serve } from '../src/browser.js';
import { buildPage } from '../src/built-page.js';
import type { PageResult } from '../src/page-result.js';

const chromium = chromiumPath();
const isRequired = process.env.SEQUITUR_REQUIRE_BROWSER === '1';
type Served = Awaited<ReturnType<typeof serve>>;

/** A content security policy under which a page may fetch and run nothing but its own files. */
const OWN_ONLY = "default-src 'self'; script-src 'self'";

const title = 'a page built by Vite from the packed packages';

describe.skipIf(!chromium && !isRequired)(chromium ? title : `${title} (no Chromium here)`, () => {
  let folder: string;
  let browser: Browser;
  let plain: Served;
  let isolated: Served;
  let strict: Served;
  let withoutWasm: Served;
  let warnings: readonly string[];

  beforeAll(async () => {
    if (!chromium) throw new Error('SEQUITUR_REQUIRE_BROWSER is set, and there is no Chromium');
    folder = await mkdtemp(join(tmpdir(), 'sequitur-page-'));
    const built = await buildPage(folder);
    warnings = built.warnings;
    plain = await serve(built.output);
    isolated = await serve(built.output, ISOLATED);
    strict = await serve(built.output, { ...ISOLATED, 'Content-Security-Policy': `${OWN_ONLY} 'wasm-unsafe-eval'` });
    withoutWasm = await serve(built.output, { 'Content-Security-Policy': OWN_ONLY });
    browser = await launch(chromium);
  }, 1_500_000);
  afterAll(async () => {
    await browser?.close();
    for (const served of [plain, isolated, strict, withoutWasm]) served?.server.close();
    if (folder) await rm(folder, { recursive: true });
  });

  const results = new Map<string, Promise<PageResult>>();

  /** Result of the page at this address; the page is opened once. */
  function run(address: string, backend: string): Promise<PageResult> {
    const url = `${address}/?backend=${backend}`;
    if (!results.has(url)) results.set(url, resultOf(url));
    return results.get(url)!;
  }

  async function resultOf(url: string): Promise<PageResult> {
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(url);
    // Both calls pass functions, not strings: a strict content security policy forbids `eval`.
    await page.waitForSelector('html[data-done]', { state: 'attached', timeout: 240_000 });
    const result = await page.evaluate(() => (globalThis as unknown as { result: PageResult }).result);
    expect(faults).toEqual([]);
    await page.close();
    return result;
  }

  const learned = { written: 'der, pon', writtenByLoaded: 'der, pon', sumOfProduct: 300 ** 3, hasNodeGlobals: false };

  it.each(['wasm', 'webgpu'])('trains, generates, saves and loads on %s', { timeout: 300_000 }, async (backend) => {
    const result = await run(plain.address, backend);
    expect(result).toMatchObject({ backend, ...learned });
    expect(result.files).toEqual(['tokenizer.json', 'tokenizer_config.json', 'model.safetensors', 'config.json']);
    expect(result.firstLoss).toBeGreaterThan(2);
    expect(result.lastLoss).toBeLessThan(0.3);
  });

  it('computes on threads where the page is cross-origin isolated, with the same numbers', {
    timeout: 300_000,
  }, async () => {
    const alone = await run(plain.address, 'wasm');
    expect(alone.threads).toMatchObject({ found: false, hint: expect.stringContaining('Embedder-Policy') });
    const together = await run(isolated.address, 'wasm');
    expect(together).toEqual({ ...alone, threads: { found: true, detail: '2, on shared memory' } });
  });

  it('computes on one thread where the page forbids other workers, and says so', { timeout: 300_000 }, async () => {
    const { threads, ...result } = await run(strict.address, 'wasm');
    expect(threads).toMatchObject({ found: false, detail: expect.stringContaining('worker') });
    expect(result).toMatchObject({ backend: 'wasm', ...learned });
  });

  it('says that a page forbids WebAssembly', { timeout: 300_000 }, async () => {
    const result = (await run(withoutWasm.address, 'wasm')) as { error?: string };
    expect(result.error).toMatch(/expected a page that may compile it.*wasm-unsafe-eval/s);
  });

  it('is built without warnings about Node modules', () => {
    expect(warnings).toEqual([]);
  });
});
