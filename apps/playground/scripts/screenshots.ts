/**
 * Takes pictures of every room, wide and narrow, light and dark, each with something in it, and writes them as WebP into a
 * folder: `pnpm --filter @sequitur/playground screenshots -- --to ../../docs/playground`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromiumPath, launch } from '@sequitur/browser-test/browser';
import type { BrowserContext, Page } from 'playwright-core';
import { openSite } from '../test/site.js';

const QUALITY = 0.8;
const LOOKS = [
  { name: 'wide-light', width: 1280, height: 900, colorScheme: 'light' },
  { name: 'wide-dark', width: 1280, height: 900, colorScheme: 'dark' },
  { name: 'phone-light', width: 390, height: 844, colorScheme: 'light' },
  { name: 'phone-dark', width: 390, height: 844, colorScheme: 'dark' },
] as const;

/** Every room: how it is filled, and its link. */
const ROOMS: readonly { readonly name: string; readonly hash: string; fill(page: Page): Promise<void> }[] = [
  {
    name: 'see',
    hash: 'see',
    fill: async (page) => {
      await page.locator('[data-step="9"]').waitFor();
      // Pictures are drawn when they come into sight.
      for (let step = 1; step <= 9; step++) await page.locator(`[data-step="${step}"] h2`).scrollIntoViewIfNeeded();
      await page.getByRole('img', { name: /^Mamba:/ }).waitFor();
      await page.evaluate(() => scrollTo(0, 0));
    },
  },
  {
    name: 'train',
    hash:
      'train?task=associative-recall:6&budget=steps:500&batch=16x64' +
      '&run=GPT;32;attention,heads=4*2&run=Mamba;32;mamba*3&run=Attention %2B Mamba;32;mamba/attention,heads=4/mamba',
    fill: async (page) => {
      const start = page.getByRole('button', { name: 'Train', exact: true });
      if (await start.isVisible()) await start.click();
      await page.getByText(/500 of 500 steps/).waitFor();
    },
  },
  {
    name: 'write',
    hash: 'write?model=site:stories-gpt&prompt=The fox met a lion in the wood.',
    fill: async (page) => {
      await page.getByRole('button', { name: 'Write', exact: true }).click();
      await page.getByRole('button', { name: 'Go on', exact: true }).waitFor();
      await branchAt(page, 10);
      await page.getByRole('button', { name: 'Go on', exact: true }).waitFor();
      await alternativesAt(page, 18);
    },
  },
  {
    name: 'read',
    hash: 'read?model=pronounce&text=sequitur',
    fill: (page) => page.getByText('Next best readings').waitFor(),
  },
  {
    name: 'compare',
    hash: 'compare?longest=512',
    fill: async (page) => {
      const measure = page.getByRole('button', { name: 'Measure', exact: true });
      if (await measure.isVisible()) await measure.click();
      await page.getByRole('button', { name: 'Measure again' }).waitFor({ timeout: 600_000 });
    },
  },
];

/** Opens what else a token could have been, and points at the second. */
async function alternativesAt(page: Page, token: number): Promise<void> {
  await page.getByRole('group', { name: 'The text' }).getByRole('button').nth(token).click();
  const list = page.getByRole('group', { name: /^Alternatives to/ }).getByRole('listitem');
  await list.nth(1).getByRole('button').hover();
  await page.getByRole('button', { name: 'Branch here' }).waitFor();
}

async function branchAt(page: Page, token: number): Promise<void> {
  await alternativesAt(page, token);
  await page.getByRole('button', { name: 'Branch here' }).click();
}

const { values } = parseArgs({ options: { to: { type: 'string', default: 'screenshots' } } });
const folder = resolve(values.to);
await mkdir(folder, { recursive: true });
const site = await openSite();
const browser = await launch(chromiumPath() ?? fail('There is no Chromium here'));
const context = await browser.newContext({ serviceWorkers: 'block', reducedMotion: 'reduce' });
try {
  const encoder = await context.newPage();
  for (const room of ROOMS) await pictures(context, encoder, room);
} finally {
  await browser.close();
  await site.close();
}

/** All looks of a room, which is filled once. */
async function pictures(
  within: BrowserContext,
  encoder: Page,
  { name, hash, fill }: (typeof ROOMS)[number],
): Promise<void> {
  const page = await within.newPage();
  page.setDefaultTimeout(300_000);
  await page.setViewportSize(LOOKS[0]);
  await page.goto(`${site.address}#/${hash}`);
  await page.locator('h1').waitFor();
  await fill(page);
  for (const { name: look, width, height, colorScheme } of LOOKS) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.waitForTimeout(600);
    // A phone shows its first screen: the bar at its bottom would be in the middle of a long picture.
    const png = await page.screenshot({ fullPage: look.startsWith('wide') });
    await writeFile(join(folder, `${look}-${name}.webp`), await asWebp(encoder, png));
    console.log(`${look}-${name}`);
  }
  await page.close();
}

/** The browser encodes what it drew: smaller than PNG, and no other program is needed. */
async function asWebp(encoder: Page, png: Buffer): Promise<Buffer> {
  const address = await encoder.evaluate(
    async ([data, quality]) => {
      const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.width, image.height];
      canvas.getContext('2d')!.drawImage(image, 0, 0);
      return canvas.toDataURL('image/webp', quality);
    },
    [png.toString('base64'), QUALITY] as const,
  );
  return Buffer.from(address.slice(address.indexOf(',') + 1), 'base64');
}

function fail(message: string): never {
  throw new Error(message);
}
