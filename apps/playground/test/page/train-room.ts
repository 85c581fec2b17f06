import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';

/** What the tests do in the room Train, and what they read there. */
export const GPT = 'run=GPT;16;attention,heads=2*2';

export const composer = (page: Page) => page.getByRole('complementary');

export const blocks = (page: Page) =>
  composer(page).locator('[data-block] > .block > button span:first-child').allTextContents();

/** The line of a run: the name alone, not that of its fork. */
export const row = (page: Page, name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('button', { name: new RegExp(`^${name}(?!,)`) }) });

/** Loss in training and in validation, and perplexity. */
export const figures = async (page: Page, name: string) =>
  (await row(page, name).getByRole('cell').allTextContents()).slice(1, 4);

export const train = (page: Page) => page.getByRole('button', { name: 'Train', exact: true }).click();

export async function addHybrid(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add a run' }).click();
  await page.getByRole('menuitem', { name: /^Attention \+ Mamba/ }).click();
}

export const done = (page: Page, name: string, step: number) =>
  row(page, name)
    .getByText(new RegExp(`done at ${step}`))
    .waitFor();

/** @returns the zip of the run's folder */
export async function saveFolder(page: Page, name: string): Promise<Buffer> {
  await page.getByRole('button', { name: `More for ${name}` }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /Save as a folder/ }).click(),
  ]);
  return readFile((await download.path())!);
}
