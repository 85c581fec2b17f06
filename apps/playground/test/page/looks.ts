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
        expect(await seriousFindings(page), room).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow, `${room} scrolls sideways`).toBeLessThanOrEqual(0);
      }
    },
  );

  it('loads at most 350 kB of scripts before a model is needed, and no tfjs', async () => {
    const scripts = await pageScripts(stage.site.folder);
    expect(scripts.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(350_000);
    expect(
      scripts.filter(({ code }) => code.includes('tfjs') || code.includes('KernelBackend')).map(({ name }) => name),
    ).toEqual([]);
  });
}
