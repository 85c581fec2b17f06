import { openBackend } from '@sequitur/core';
import { expect, it } from 'vitest';
import { killAndResume } from './kill-and-resume.js';

it('a run killed at random moments ends with the same bits as one that was never interrupted', async () => {
  await openBackend('cpu');
  const { whole, killed, killedAfter } = await killAndResume(3, 5);
  expect(killedAfter).toHaveLength(3);
  expect(killed).toBe(whole);
}, 300_000); // four processes that start and sync to the disk
