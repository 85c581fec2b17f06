import { expect, it } from 'vitest';
import { serveFolder } from '../../scripts/static-server.mjs';
import type { Stage } from './stage.js';
import { done, GPT, train } from './train-room.js';

/** What the service worker does. */
export function offline(stage: Stage): void {
  it('isolates the page on a host without headers, and works after the network is gone', async () => {
    const { address, server } = await serveFolder(stage.site.folder, { headers: {} });
    try {
      const page = await stage.open('see', { address, serviceWorkers: 'allow' });
      // It is loaded again by itself, once.
      await expect
        .poll(() => page.evaluate(() => crossOriginIsolated).catch(() => false), { timeout: 60_000 })
        .toBe(true);
      await page.locator('h1').waitFor();
      const text = await page.evaluate(async () => {
        const response = await fetch('./models/intents/config.json');
        return { status: response.status, policy: response.headers.get('Content-Security-Policy') };
      });
      expect(text.status).toBe(200);
      expect(text.policy).toContain("frame-ancestors 'none'");
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    const page = await stage.open(`train?text=moby-dick:characters&budget=steps:5&batch=2x16&${GPT}`, {
      ...{ address, again: true, expected: /Failed to load resource/ },
    });
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await train(page);
    await done(page, 'GPT', 5);
    const kept = await page.evaluate(async () => {
      const used = await fetch('./models/intents/config.json');
      const other = await fetch('./models/pronounce/config.json');
      return [used.status, other.status, other.statusText];
    });
    expect(kept).toEqual([200, 503, 'No network, and not used before']);
  });
}
