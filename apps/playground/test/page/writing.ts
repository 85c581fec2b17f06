import { expect, it } from 'vitest';
import { seriousFindings } from './axe.js';
import type { Stage } from './stage.js';

const GREEDY = 'sampling=0,1,0,0,1,1';
const PROMPT = 'prompt=Once+upon+a+time';

/** The room Write. */
export function writing(stage: Stage): void {
  it('shows alternatives by keyboard, branches, and keeps every text in a tree', async () => {
    const page = await stage.open(`write?model=site:stories-gpt&${PROMPT}&${GREEDY}`);
    const tokens = page.getByRole('group', { name: 'The text' }).getByRole('button');
    for (let count = 1; count <= 4; count++) {
      await page.getByRole('button', { name: 'One token', disabled: false }).click();
      await expect.poll(() => tokens.count()).toBe(count);
    }
    const before = await tokens.allTextContents();
    await tokens.first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    const list = page.getByRole('group', { name: /^Alternatives to/ }).getByRole('listitem');
    expect(await list.count()).toBe(7);
    await list.nth(0).getByRole('button').focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('button', { name: 'Branch here' }).waitFor();
    const other = (await list.nth(1).locator('b').textContent())!;
    await page.keyboard.press('Enter');
    await expect
      .poll(() =>
        tokens
          .nth(1)
          .textContent()
          .then((text) => text?.trim()),
      )
      .toBe(other.trim());
    await page.getByRole('button', { name: 'Go on' }).waitFor();
    const tree = page.getByRole('region', { name: 'Tree of 2 texts' });
    await tree.waitFor();
    await tree
      .getByRole('button')
      .filter({ hasText: before.slice(1).join('').trim().slice(0, 6) })
      .first()
      .click();
    await expect.poll(() => tokens.allTextContents()).toEqual(before);
  });

  it('shows a beam search, and goes on from what it found', async () => {
    const page = await stage.open(`write?model=site:stories-gpt&${PROMPT}&${GREEDY}&beams=3,4,1`);
    await page.getByRole('button', { name: 'Search', disabled: false }).click();
    await page.getByRole('region', { name: 'Beams of 4 steps' }).waitFor();
    const best = (await page.locator('ol .voice').first().textContent())!;
    await page.getByRole('button', { name: 'Take it' }).first().click();
    const text = page.getByRole('group', { name: 'The text' }).getByRole('button');
    await expect.poll(async () => (await text.allTextContents()).join('').replaceAll('\n', '↵').trim()).toBe(best);
  });

  it('lets two models write beside each other, without a serious finding of axe', async () => {
    const link = `write?model=site:stories-gpt&beside=site:stories-gpt&${PROMPT}&${GREEDY}`;
    const page = await stage.open(link, { bypassCSP: true });
    await page.getByRole('heading', { name: 'Two models, one prompt' }).waitFor();
    await page.getByRole('button', { name: 'One token', disabled: false }).click();
    const texts = page.getByRole('group', { name: 'The text' });
    await expect.poll(() => texts.nth(1).getByRole('button').count()).toBe(1);
    await expect.poll(() => texts.nth(0).getByRole('button').count()).toBe(1);
    expect(await texts.nth(0).textContent()).toBe(await texts.nth(1).textContent());
    expect(await seriousFindings(page)).toEqual([]);
  });
}
