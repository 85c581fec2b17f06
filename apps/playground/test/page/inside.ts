import { expect, it } from 'vitest';
import { seriousFindings } from './axe.js';
import type { Stage } from './stage.js';

const TEXT = 'Once+upon+a+time+there+was+a+king';
const at = (tab: string) => `write?model=site:stories-gpt&inside=site:stories-gpt;;${tab};3;3;${TEXT}`;
const TABS = ['Attention', 'Pattern', 'Memory', 'State space', 'Logit lens', 'Residual stream'];

/** The drawer over the rooms. */
export function inside(stage: Stage): void {
  it('opens from Write by keyboard, shows every head, follows the arrows, and gives the focus back', async () => {
    const page = await stage.open('write?model=site:stories-gpt');
    const opener = page.getByRole('button', { name: 'Look inside' });
    await page.getByRole('button', { name: 'Look inside', disabled: false }).waitFor();
    await opener.focus();
    await opener.press('Enter');
    const drawer = page.getByRole('dialog', { name: 'Look inside' });
    await drawer.locator('[data-map]').first().waitFor();
    expect(await drawer.locator('[data-map]').count()).toBe(16);
    const asker = drawer.getByRole('slider', { name: 'Token that asks' });
    const last = await asker.getAttribute('aria-valuetext');
    await asker.press('ArrowUp');
    await expect.poll(() => asker.getAttribute('aria-valuetext')).not.toBe(last);
    await drawer.locator('[data-map="0-0"]').focus();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => page.evaluate(() => location.hash)).toContain(';attention;2;1;');
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await page.evaluate(() => location.hash)).not.toContain('inside=');
  });

  it('brings a link back, and ends the logit lens in what Write would draw from', async () => {
    const page = await stage.open(at('lens'));
    const drawer = page.getByRole('dialog', { name: 'Look inside' });
    const guesses = drawer.locator('tbody tr').first().locator('td');
    await guesses.first().waitFor();
    const best = await guesses.last().textContent();
    // A link that is followed within the room is read anew.
    await page.goto(`${stage.site.address}#/write?model=site:stories-gpt&prompt=${TEXT}&sampling=0,1,0,0,1,1`);
    await drawer.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'One token', disabled: false }).waitFor();
    await page.getByRole('button', { name: 'One token' }).click();
    const token = page.getByRole('group', { name: 'The text' }).getByRole('button').first();
    await token.waitFor();
    expect((await token.textContent())!.trim()).toBe(best!.trim());
  });

  it('designs a pattern whose pairs are counted, and hands it to Train', async () => {
    const page = await stage.open(at('pattern'));
    const drawer = page.getByRole('dialog', { name: 'Look inside' });
    await drawer.getByLabel('Start from').selectOption('Sliding window');
    const pairs = drawer.getByRole('row', { name: /visible pairs/ });
    // 128 tokens each, fewer where fewer are before.
    const byHand = (128 * 129) / 2 + (1024 - 128) * 128;
    await pairs.getByText(byHand.toLocaleString('en')).waitFor();
    const grid = drawer.getByRole('application');
    await grid.focus();
    await page.keyboard.press('Space');
    await pairs.getByText((byHand + 32 * 32).toLocaleString('en')).waitFor();
    await page.keyboard.press('Space');
    await pairs.getByText(byHand.toLocaleString('en')).waitFor();
    await drawer.getByRole('button', { name: 'Show as code' }).click();
    expect(await drawer.locator('pre').textContent()).toContain('slidingWindow(128)');
    await drawer.getByRole('button', { name: 'Use in Train' }).click();
    await page.getByRole('row', { name: /Designed pattern/ }).waitFor();
    await expect
      .poll(() => page.evaluate(() => decodeURIComponent(decodeURIComponent(location.hash))))
      .toContain('"slidingWindow","left":127');
  });

  it.each([
    { width: 1280, colorScheme: 'light' as const },
    { width: 390, colorScheme: 'dark' as const },
  ])('has nothing that axe calls serious in any tab, $width wide and $colorScheme', async ({ width, colorScheme }) => {
    const page = await stage.open(at('attention'), { viewport: { width, height: 844 }, colorScheme, bypassCSP: true });
    const drawer = page.getByRole('dialog', { name: 'Look inside' });
    await drawer.locator('[data-map]').first().waitFor();
    for (const tab of TABS) {
      await drawer.getByRole('tab', { name: tab }).click();
      await drawer.locator('h3, .empty').first().waitFor();
      expect(await seriousFindings(page), tab).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, `${tab} scrolls sideways`).toBeLessThanOrEqual(0);
    }
  });
}
