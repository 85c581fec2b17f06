import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { type Stage, TINY } from './stage.js';
import { addHybrid, blocks, composer, done, figures, GPT, row, saveFolder, train } from './train-room.js';

/** Composing and training in the room Train. */
export function training(stage: Stage): void {
  it('composes a hybrid by keyboard and by drag', async () => {
    const page = await stage.open(`train?${TINY}&${GPT}`);
    await addHybrid(page);
    expect(await blocks(page)).toEqual(['Mamba', 'Attention', 'Mamba', 'Attention', 'Mamba']);
    const top = composer(page).getByRole('button', { name: /block 5$/ });
    await top.focus();
    await top.press('Alt+ArrowDown');
    expect(await blocks(page)).toEqual(['Attention', 'Mamba', 'Mamba', 'Attention', 'Mamba']);
    await expect.poll(() => page.locator('[aria-live]').allTextContents()).toContain('Mamba, now 4 of 5 from the text');
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
    const page = await stage.open(`train?${TINY}&${GPT}`);
    await addHybrid(page);
    await train(page);
    await done(page, 'GPT', 60);
    await done(page, 'Attention', 60);
    await page.getByRole('img', { name: /Training loss of 2 runs/ }).waitFor();
    const whole = await figures(page, 'Attention');
    const sample = await page.locator('tbody tr').last().locator('td').allTextContents();

    await page.getByRole('button', { name: 'Fork Attention + Mamba' }).click();
    await train(page);
    const forked = row(page, 'Attention \\+ Mamba, fork');
    await forked.getByText(/step [2-9]/).waitFor();
    await page.getByRole('button', { name: 'Pause Attention + Mamba, fork' }).click();
    await forked.getByText(/paused at/).waitFor();
    await page.reload();
    await forked.getByText(/paused at/).waitFor();
    await page.getByRole('button', { name: 'Go on with Attention + Mamba, fork' }).click();
    await forked.getByText(/done at 60/).waitFor();
    expect(await figures(page, 'Attention \\+ Mamba, fork')).toEqual(whole);
    const last = await page.locator('tbody tr').last().locator('td').allTextContents();
    expect(last).toEqual([...sample, sample[1]]);
  });

  it('looks closer at a part of the curves, by mouse and by keyboard, and shows them as a table', async () => {
    const page = await stage.open(`train?${TINY}&${GPT}`);
    await train(page);
    await done(page, 'GPT', 60);
    const chart = page.getByRole('img', { name: /^Training loss/ });
    await page.getByText('Show as table').first().click();
    const cells = page.getByRole('region', { name: /^Training loss/ }).locator('tbody tr');
    const table = await cells.allTextContents();
    expect(table).toHaveLength(40);
    expect(table.every((row) => /^\d+\d\.\d\d/.test(row))).toBe(true);
    const { x, y, width } = (await chart.boundingBox())!;
    await page.mouse.move(x + width / 2, y + 100);
    await page.mouse.down();
    await page.mouse.move(x + width / 2 + 60, y + 100, { steps: 4 });
    await page.mouse.up();
    const all = page.getByRole('button', { name: 'Show all' });
    await all.click();
    expect(await all.count()).toBe(0);
    await chart.focus();
    await page.keyboard.press('+');
    await all.waitFor();
    await page.keyboard.press('Escape');
    await all.waitFor({ state: 'detached' });
    // The table is of the whole chart, whatever part is drawn.
    expect(await cells.allTextContents()).toEqual(table);
  });

  it('saves a run as a folder', async () => {
    const page = await stage.open('train?task=parity:6&budget=steps:5&batch=2x8&run=LSTM;16;lstm');
    await train(page);
    await done(page, 'LSTM', 5);
    // Parity is of 6, 12 and 24 bits: the trained length, twice and four times that.
    const picture = page.getByRole('img', { name: /^Accuracy by length/ });
    expect(await picture.getAttribute('aria-label')).toMatch(/LSTM: \d+\s%.* at 6, \d+\s%.* at 12, \d+\s%.* at 24/);
    const files = unzipSync(await saveFolder(page, 'LSTM'));
    expect(Object.keys(files).sort()).toEqual(
      [...['config.json', 'model.safetensors', 'modeling_sequitur.py', 'tokenizer.json', 'tokenizer_config.json']].map(
        (name) => `lstm/${name}`,
      ),
    );
  });
}
