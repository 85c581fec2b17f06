import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { type Stage, TINY } from './stage.js';
import { addHybrid, done, figures, saveFolder, train } from './train-room.js';

const fixtures = fileURLToPath(new URL('../../../../packages/conformance/fixtures/', import.meta.url));
/** Temperature 0: always the likeliest. */
const GREEDY = 'sampling=0,1,0,0,1,1';

/** Folders of models: saved, opened again, dropped from elsewhere, and corrupt. */
export function folders(stage: Stage): void {
  it('a run that is saved and opened again writes the same text', async () => {
    const page = await stage.open(`train?${TINY.replace('60', '20')}&run=LSTM;16;lstm`);
    await addHybrid(page);
    await train(page);
    await done(page, 'Attention', 20);
    const zip = await saveFolder(page, 'Attention + Mamba');
    await page.getByRole('link', { name: 'Write', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Every token is a choice' }).waitFor();
    await page.goto(`${stage.site.address}#/write?prompt=the whale&${GREEDY}`);
    await page.reload();
    await choose(page, /^Attention \+ Mamba · trained here/);
    const trained = await written(page);
    expect(trained.length).toBeGreaterThan(100);
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'attention-mamba.zip', mimeType: 'application/zip', buffer: zip });
    await choose(page, /^attention-mamba · opened here/);
    expect(await written(page)).toBe(trained);
  });

  it('a folder of the reference that is dropped writes the reference’s ids', async () => {
    const { generate } = JSON.parse(await readFile(`${fixtures}llama/expected.json`, 'utf8'));
    const { sequences, inputs } = generate.find(({ name }: { name: string }) => name === 'greedy');
    const prompt: number[] = inputs.input_ids[0];
    const page = await stage.open(`write?prompt=${prompt.join(' ')}&${GREEDY}`);
    await drop(page, 'llama');
    await choose(page, /no tokenizer, so write ids/);
    const ids = (await written(page)).trim().split(/\s+/).map(Number);
    const expected: number[] = sequences[0].slice(prompt.length);
    expect(ids.slice(0, expected.length)).toEqual(expected);
  });

  it('a corrupt file is refused by name, and what is there stays', async () => {
    const page = await stage.open(`train?${TINY.replace('60', '5')}&run=LSTM;16;lstm`);
    await train(page);
    await done(page, 'LSTM', 5);
    const before = await figures(page, 'LSTM');
    await page.getByRole('link', { name: 'Write', exact: true }).click();
    await page.getByText('LSTM · trained here').waitFor({ state: 'attached' });
    await drop(page, 'llama', { 'model.safetensors': 1000 });
    await page
      .getByRole('alert')
      .getByText(/model\.safetensors/)
      .waitFor();
    expect(await page.getByRole('alert').count()).toBe(1);
    expect(await page.locator('option').allTextContents()).not.toContainEqual(expect.stringContaining('llama'));
    await page.getByRole('link', { name: 'Train', exact: true }).click();
    await done(page, 'LSTM', 5);
    expect(await figures(page, 'LSTM')).toEqual(before);
  });

  /** Drops a folder's files on the room; `cut` leaves so many bytes of some of them. */
  async function drop(page: Page, name: string, cut: Readonly<Record<string, number>> = {}): Promise<void> {
    const names = await readdir(fixtures + name);
    const files = await Promise.all(
      names.map(async (file) => {
        const bytes = await readFile(`${fixtures}${name}/${file}`);
        return { file, text: bytes.subarray(0, cut[file]).toString('base64') };
      }),
    );
    const dropped = await page.evaluateHandle((given) => {
      const data = new DataTransfer();
      for (const { file, text } of given) {
        data.items.add(new File([Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))], file));
      }
      return data;
    }, files);
    await page.locator('.desk').dispatchEvent('drop', { dataTransfer: dropped });
  }

  async function choose(page: Page, name: RegExp): Promise<void> {
    const option = page.locator('option').filter({ hasText: name });
    await option.waitFor({ state: 'attached' });
    await page
      .locator('.which select')
      .first()
      .selectOption((await option.getAttribute('value'))!);
  }

  /** What the model writes after the prompt until it stops by itself. */
  async function written(page: Page): Promise<string> {
    const text = page.getByRole('group', { name: 'The text' });
    await page.getByRole('button', { name: 'Back to the prompt' }).click();
    await expect.poll(() => text.getByRole('button').count()).toBe(0);
    await page.getByRole('button', { name: 'Write', exact: true }).click();
    await page.getByRole('button', { name: 'Go on', exact: true }).waitFor();
    return (await text.getByRole('button').allTextContents()).join('');
  }
}
