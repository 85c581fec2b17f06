import type { Browser } from 'playwright-core';
import { serve } from './browser.js';

/**
 * Opens a page of `folder`.
 *
 * @returns the text that it writes into `data-done` of its root
 * @throws the error that the page throws
 */
export async function openPage(browser: Browser, folder: string, path = ''): Promise<string> {
  const { address, server } = await serve(folder);
  try {
    return await openAddress(browser, `${address}/${path}`);
  } finally {
    server.close();
  }
}

export async function openAddress(browser: Browser, address: string): Promise<string> {
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  try {
    await page.goto(address);
    await page.waitForSelector('html[data-done]', { state: 'attached', timeout: 90_000 });
    const written = await page.evaluate(() => document.documentElement.dataset.done!);
    if (faults.length) throw new Error(faults.join('\n'));
    return written;
  } finally {
    await page.close();
  }
}
