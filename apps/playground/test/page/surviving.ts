import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { Stage } from './stage.js';
import { done, figures, GPT, row, train } from './train-room.js';

/** Long enough to be stopped on the way, kept twelve times. */
const LONG = `train?text=moby-dick:characters&budget=steps:240&batch=2x32&${GPT}`;
/** Bytes in which one checkpoint of the GPT finds room, and a third one does not. */
const TWO_CHECKPOINTS = 220_000;
const KEPT = /last kept at (?!0)\d/;

/** Whatever ends the work early leaves it safe. */
export function surviving(stage: Stage): void {
  const kept = (page: Page) => page.getByText(KEPT).waitFor();
  const goOn = (page: Page) => page.getByRole('button', { name: 'Go on with GPT' }).click();
  const worker = (page: Page) => page.workers().find((each) => each.url().includes('/main-'))!;

  async function whole(): Promise<string[]> {
    const page = await stage.open(LONG);
    await train(page);
    await done(page, 'GPT', 240);
    return figures(page, 'GPT');
  }
  let expected: Promise<string[]> | undefined;
  const undisturbed = () => (expected ??= whole());

  it('a tab that is closed while it trains: the run goes on from its last checkpoint to the same loss', async () => {
    const same = await undisturbed();
    const page = await stage.open(LONG);
    await train(page);
    await kept(page);
    await page.close();
    const again = await stage.open(LONG, { again: true });
    await row(again, 'GPT')
      .getByText(/paused at \d+/)
      .waitFor();
    await goOn(again);
    await done(again, 'GPT', 240);
    expect(await figures(again, 'GPT')).toEqual(same);
  });

  it('a second tab: a run that trains in the first is refused there', async () => {
    const page = await stage.open(LONG.replace('steps:240', 'steps:4000'));
    await train(page);
    await row(page, 'GPT')
      .getByText(/step \d/)
      .waitFor();
    const second = await stage.open(LONG, { again: true });
    await goOn(second);
    await second.getByRole('alert').getByText('another tab that trains it').waitFor();
    await page.getByRole('button', { name: 'Pause GPT' }).click();
    await row(page, 'GPT')
      .getByText(/paused at/)
      .waitFor();
    await second.reload();
    await goOn(second);
    await row(second, 'GPT')
      .getByText(/step \d/)
      .waitFor();
    await second.getByRole('button', { name: 'Pause GPT' }).click();
  });

  it('a full disk: the run stands at its last checkpoint, says so, and goes on once there is room', async () => {
    const same = await undisturbed();
    const page = await stage.open(LONG);
    const { origin } = new URL(stage.site.address);
    const devtools = await stage.context.newCDPSession(page);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: TWO_CHECKPOINTS });
    await train(page);
    const alert = page.getByRole('alert').filter({ hasText: 'GPT stopped at step' });
    await alert.getByText('room to keep it').waitFor();
    expect(await alert.textContent()).toMatch(/It is kept as of step [1-9]\d*\..*Delete runs or models/);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin });
    await alert.getByRole('button', { name: 'Go on from there' }).click();
    await done(page, 'GPT', 240);
    expect(await figures(page, 'GPT')).toEqual(same);
  });

  it('a worker that crashes: another one goes on from the last checkpoint', async () => {
    const same = await undisturbed();
    const page = await stage.open(LONG, { expected: /out of memory/ });
    await train(page);
    await kept(page);
    await worker(page).evaluate(() => {
      setTimeout(() => {
        throw new Error('out of memory');
      });
    });
    const alert = page.getByRole('alert').filter({ hasText: 'What computes has stopped' });
    expect(await alert.textContent()).toMatch(/out of memory.*kept as of its\s+last checkpoint/);
    await alert.getByRole('button', { name: 'Start it again' }).click();
    await done(page, 'GPT', 240);
    expect(await figures(page, 'GPT')).toEqual(same);
  });

  it('a graphics card that is lost: the run goes on with WebAssembly from its last checkpoint', async () => {
    const page = await stage.open('train?text=moby-dick:characters&budget=steps:48&batch=2x16&run=LSTM;8;lstm');
    await worker(page).evaluate(keepDevice);
    await page.getByRole('button', { name: /^Computing on/ }).click();
    await page.getByRole('button', { name: 'WebGPU', exact: true }).click();
    await page.getByText('Computing with WebGPU.').waitFor();
    await page.keyboard.press('Escape');
    await train(page);
    await kept(page);
    await worker(page).evaluate(() => (globalThis as unknown as { device: GPUDevice }).device.destroy());
    const alert = page.getByRole('alert').filter({ hasText: 'The graphics card was lost' });
    await alert.waitFor();
    await row(page, 'LSTM')
      .getByText(/stopped at \d+, kept at [1-9]/)
      .waitFor();
    await alert.getByRole('button', { name: 'Go on with WebAssembly' }).click();
    await done(page, 'LSTM', 48);
    await page.getByRole('button', { name: /Computing on:\s*WebAssembly/ }).waitFor();
    await alert.waitFor({ state: 'detached' });
  });
}

/** Runs in the worker: whoever asks for a device gets one that the test can destroy. */
function keepDevice(): void {
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...options) {
    const device = await request.apply(this, options);
    Object.assign(globalThis, { device });
    return device;
  };
}
