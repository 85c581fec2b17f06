import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { pageScripts } from '../site.js';
import { seriousFindings } from './axe.js';
import type { Stage } from './stage.js';

const ROOMS = ['see', 'train', 'write', 'read', 'compare'];

/** What holds in every room. */
export function looks(stage: Stage): void {
  const each = [1280, 390].flatMap((width) =>
    (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
  );
  it.each(each)(
    'has nothing that axe calls serious in any room, $width wide and $colorScheme',
    async ({ width, colorScheme }) => {
      const page = await stage.open('see', { viewport: { width, height: 844 }, colorScheme, bypassCSP: true });
      for (const room of ROOMS) {
        await page.goto(`${stage.site.address}#/${room}`);
        await page.waitForFunction((name) => document.title.toLowerCase().startsWith(name), room);
        await page.locator('h1').waitFor();
        if (room === 'see') await throughTheWalk(page);
        expect(await seriousFindings(page), room).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow, `${room} scrolls sideways`).toBeLessThanOrEqual(0);
      }
    },
  );

  it('shows the first room without a script, and none of it under a link to another', async () => {
    const page = await stage.open('see', { javaScriptEnabled: false });
    await page.getByRole('img', { name: 'he looks most at woman' }).waitFor();
    const scripted = await stage.open('see', { expected: /Failed to load resource/ });
    const main = scripted.locator('main');
    await scripted.route('**/assets/*.js', (route) => route.abort());
    await scripted.reload();
    expect(await main.isVisible()).toBe(true);
    await scripted.evaluate(() => (location.hash = '#/train'));
    await scripted.reload();
    expect(await main.isVisible()).toBe(false);
    expect(await scripted.getByRole('navigation').isVisible()).toBe(true);
  });

  it('loads at most 350 kB of scripts before a model is needed, and no tfjs', async () => {
    const scripts = await pageScripts(stage.site.folder);
    expect(scripts.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(350_000);
    expect(
      scripts.filter(({ code }) => code.includes('tfjs') || code.includes('KernelBackend')).map(({ name }) => name),
    ).toEqual([]);
  });
}

/** Pictures are drawn when they come into sight. */
async function throughTheWalk(page: Page): Promise<void> {
  await page.locator('[data-step="9"]').waitFor();
  for (let step = 1; step <= 9; step++) await page.locator(`[data-step="${step}"] h2`).scrollIntoViewIfNeeded();
  await page.getByRole('img', { name: /^Mamba:/ }).waitFor();
}
