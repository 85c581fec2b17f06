import { openBackend } from '@sequitur/core';
import { expect, it } from 'vitest';
import { killSaves } from './kill-saves.js';

/** `SEQUITUR_KILLS=100` for as many as one likes. */
const kills = Number(process.env.SEQUITUR_KILLS ?? 4);

it(`a save that is killed leaves the old or the new whole, ${kills} times`, async () => {
  await openBackend('cpu');
  const { found, interrupted } = await killSaves(kills, kills === 4 ? 5 : Date.now());
  console.log(`killed ${kills} times, ${interrupted} of them within a save: ${JSON.stringify(found)}`);
  expect(found.single + found.sharded).toBe(kills);
  expect(interrupted).toBeGreaterThan(0);
}, 600_000);
