import { chromiumPath, launch } from '@sequitur/browser-test/browser';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { openSite, type Site } from '../site.js';

/** Tiny, so that all of it takes seconds. */
export const TINY = 'text=moby-dick:characters&budget=steps:60&batch=2x32';

/** One browser and one built site for all tests of the page. */
export interface Stage {
  readonly site: Site;
  readonly context: BrowserContext;
  /** A fresh browser profile, unless `again`; on a page that asks nobody but its own origin. */
  open(hash: string, options?: OpenOptions): Promise<Page>;
}

export interface OpenOptions extends BrowserContextOptions {
  /** In the profile of the last page, as when a tab is opened again. */
  readonly again?: boolean;
  readonly address?: string;
  /** Errors of the console that belong to the test. */
  readonly expected?: RegExp;
}

/** Opens the browser before the tests of a suite, and holds every test to pages without a fault. */
export function openStage(): Stage {
  let site: Site;
  let browser: Browser;
  let context: BrowserContext | undefined;
  let expected: RegExp | undefined;
  const faults: string[] = [];

  beforeAll(async () => {
    const chromium = chromiumPath();
    if (!chromium) throw new Error('SEQUITUR_REQUIRE_BROWSER is set, and there is no Chromium');
    [site, browser] = await Promise.all([openSite(), launch(chromium)]);
  }, 400_000);
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  afterEach(async () => {
    await context?.close();
    context = undefined;
    expect(faults.splice(0).filter((fault) => !expected?.test(fault))).toEqual([]);
  });

  async function fresh(options: BrowserContextOptions, origin: string): Promise<BrowserContext> {
    await context?.close();
    const opened = await browser.newContext({
      ...{ viewport: { width: 1280, height: 900 }, acceptDownloads: true, serviceWorkers: 'block' },
      ...options,
    });
    // Requests of workers and service workers are the context's.
    opened.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol !== 'blob:' && url.protocol !== 'data:' && url.origin !== origin) faults.push(request.url());
    });
    return opened;
  }

  return {
    get site() {
      return site;
    },
    get context() {
      if (!context) throw new Error('No page was opened');
      return context;
    },
    async open(hash, { again = false, address = site.address, expected: errors, ...options } = {}) {
      if (!again || !context) context = await fresh(options, new URL(address).origin);
      expected = errors;
      const page = await context.newPage();
      page.setDefaultTimeout(100_000); // a loaded machine is slow, not wrong
      page.on('pageerror', ({ message }) => faults.push(message));
      page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
      await page.goto(`${address}#/${hash}`);
      await page.locator('h1').waitFor();
      return page;
    },
  };
}
