import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromiumPath, launch } from '@sequitur/browser-test/browser';
import { unzipSync } from 'fflate';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openSite, pageScripts, type Site } from './site.js';

const chromium = chromiumPath();
const isRequired = process.env.SEQUITUR_REQUIRE_BROWSER === '1';
const title = 'the playground in a browser';

/** Tiny, so that all of it takes seconds. */
const TINY = 'text=moby-dick:characters&budget=steps:60&batch=2x32&run=GPT;16;attention,heads=2*2';
const ROOMS = ['see', 'train', 'write', 'read', 'compare'];

describe.skipIf(!chromium && !isRequired)(
  chromium ? title : `${title} (no Chromium here)`,
  { timeout: 300_000 },
  () => {
    let site: Site;
    let browser: Browser;
    let context: BrowserContext;
    const faults: string[] = [];

    beforeAll(async () => {
      if (!chromium) throw new Error('SEQUITUR_REQUIRE_BROWSER is set, and there is no Chromium');
      site = await openSite();
      browser = await launch(chromium);
    }, 300_000);
    afterAll(async () => {
      await browser?.close();
      await site?.close();
    });
    afterEach(async () => {
      await context?.close();
      expect(faults.splice(0)).toEqual([]);
    });

    async function open(hash: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
      context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true, ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(100_000); // a loaded machine is slow, not wrong
      page.on('pageerror', ({ message }) => faults.push(message));
      page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
      page.on('request', (request) => {
        const { protocol, origin } = new URL(request.url());
        if (protocol !== 'blob:' && protocol !== 'data:' && origin !== new URL(site.address).origin)
          faults.push(request.url());
      });
      await page.goto(`${site.address}#/${hash}`);
      await page.locator('h1').waitFor();
      return page;
    }

    const composer = (page: Page) => page.getByRole('complementary');
    const blocks = (page: Page) =>
      composer(page).locator('[data-block] > .block > button span:first-child').allTextContents();
    const row = (page: Page, name: string) =>
      page.getByRole('row').filter({ has: page.getByRole('button', { name: new RegExp(`^${name}(?!,)`) }) });
    const cells = async (page: Page, name: string) =>
      (await row(page, name).getByRole('cell').allTextContents()).slice(1, 4);

    async function addHybrid(page: Page): Promise<void> {
      await page.getByRole('button', { name: 'Add a run' }).click();
      await page.getByRole('menuitem', { name: /^Attention \+ Mamba/ }).click();
    }

    it('composes a hybrid by keyboard and by drag', async () => {
      const page = await open(`train?${TINY}`);
      await addHybrid(page);
      expect(await blocks(page)).toEqual(['Mamba', 'Attention', 'Mamba', 'Attention', 'Mamba']);
      const top = composer(page).getByRole('button', { name: /block 5$/ });
      await top.focus();
      await top.press('Alt+ArrowDown');
      expect(await blocks(page)).toEqual(['Attention', 'Mamba', 'Mamba', 'Attention', 'Mamba']);
      await expect
        .poll(() => page.locator('[aria-live]').allTextContents())
        .toContain('Mamba, now 4 of 5 from the text');
      await page.keyboard.press('Delete');
      expect(await blocks(page)).toEqual(['Attention', 'Mamba', 'Attention', 'Mamba']);
      await page.keyboard.press('Control+d');
      expect(await blocks(page)).toEqual(['Attention', 'Mamba', 'Mamba', 'Attention', 'Mamba']);

      const grips = composer(page).locator('.grip');
      await grips.first().hover();
      await page.mouse.down();
      const { y, height } = (await grips.nth(3).boundingBox())!;
      await page.mouse.move(0, y + height / 2, { steps: 5 });
      await page.mouse.move(0, y + height, { steps: 5 });
      await page.mouse.up();
      expect(await blocks(page)).toEqual(['Mamba', 'Mamba', 'Attention', 'Attention', 'Mamba']);

      await composer(page)
        .getByRole('button', { name: /block 3$/ })
        .click();
      await composer(page).getByLabel('Kind').selectOption('mamba2');
      expect(await blocks(page)).toEqual(['Mamba', 'Mamba', 'Mamba-2', 'Attention', 'Mamba']);
      await composer(page).getByLabel('Heads', { exact: true }).waitFor({ state: 'detached' });
      await expect
        .poll(() => page.evaluate(() => location.hash))
        .toContain('run=Attention+%2B+Mamba;16;mamba/attention,heads=4/mamba2/mamba*2');
    });

    it('trains a hybrid beside a GPT, pauses, and goes on after a reload as if nothing had been', async () => {
      const page = await open(`train?${TINY}`);
      await addHybrid(page);
      await page.getByRole('button', { name: 'Train', exact: true }).click();
      await row(page, 'GPT')
        .getByText(/done at 60/)
        .waitFor();
      await row(page, 'Attention')
        .getByText(/done at 60/)
        .waitFor();
      await page.getByRole('img', { name: /Training loss of 2 runs/ }).waitFor();
      const whole = await cells(page, 'Attention');
      const sample = await page.locator('tbody tr').last().locator('td').allTextContents();

      await page.getByRole('button', { name: 'Fork Attention + Mamba' }).click();
      await page.getByRole('button', { name: 'Train', exact: true }).click();
      const forked = row(page, 'Attention \\+ Mamba, fork');
      await forked.getByText(/step [2-9]/).waitFor();
      await page.getByRole('button', { name: 'Pause Attention + Mamba, fork' }).click();
      await forked.getByText(/paused at/).waitFor();
      await page.reload();
      await forked.getByText(/paused at/).waitFor();
      await page.getByRole('button', { name: 'Go on with Attention + Mamba, fork' }).click();
      await forked.getByText(/done at 60/).waitFor();
      expect((await forked.getByRole('cell').allTextContents()).slice(1, 4)).toEqual(whole);
      const last = await page.locator('tbody tr').last().locator('td').allTextContents();
      expect(last).toEqual([...sample, sample[1]]);
    });

    it('saves a run as a folder', async () => {
      const page = await open('train?task=parity:6&budget=steps:5&batch=2x8&run=LSTM;16;lstm');
      await page.getByRole('button', { name: 'Train', exact: true }).click();
      await row(page, 'LSTM')
        .getByText(/done at 5/)
        .waitFor();
      await page.getByRole('heading', { name: 'Accuracy by length' }).waitFor();
      await page.getByRole('button', { name: 'More for LSTM' }).click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name: /Save as a folder/ }).click(),
      ]);
      const files = unzipSync(await readFile((await download.path())!));
      expect(Object.keys(files).sort()).toEqual(
        ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'].map((name) => `lstm/${name}`),
      );
    });

    const looks = [1280, 390].flatMap((width) =>
      (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
    );
    it.each(looks)(
      'has nothing that axe calls serious in any room, $width wide and $colorScheme',
      async ({ width, colorScheme }) => {
        const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
        const page = await open('see', { viewport: { width, height: 844 }, colorScheme, bypassCSP: true });
        for (const room of ROOMS) {
          await page.goto(`${site.address}#/${room}`);
          await page.waitForFunction((name) => document.title.toLowerCase().startsWith(name), room);
          await page.locator('h1').waitFor();
          const found = await page.evaluate(async (code) => {
            if (!('axe' in globalThis)) new Function(code)();
            const { axe: run } = globalThis as unknown as {
              axe: { run(): Promise<{ violations: { impact: string; id: string; nodes: { html: string }[] }[] }> };
            };
            const { violations } = await run.run();
            return violations
              .filter(({ impact }) => impact === 'serious' || impact === 'critical')
              .map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`);
          }, axe);
          expect(found, room).toEqual([]);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect(overflow, `${room} scrolls sideways`).toBeLessThanOrEqual(0);
        }
      },
    );

    it('loads at most 350 kB of scripts before a model is needed, and no tfjs', async () => {
      const scripts = await pageScripts(site.folder);
      expect(scripts.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(350_000);
      expect(
        scripts.filter(({ code }) => code.includes('tfjs') || code.includes('KernelBackend')).map(({ name }) => name),
      ).toEqual([]);
    });
  },
);
