import { Random } from '@sequitur/core';
import { expect, it } from 'vitest';
import { nearestGuess, randomGuess } from '../guesses.js';

const context =
  'Ships of all kinds and sizes sail in many seas. The white whale swam past Nantucket. Nobody was there in May, at noon.';

it('guesses next to the words that a question shares with the text', () => {
  // Several spans have all four shared words nearby: the first counts.
  expect(nearestGuess('Where was the white whale when it swam past?', context)).toBe('sail in many');
});

it('guesses any words of the text', () => {
  const random = Random.fromSeed('1');
  const guesses = Array.from({ length: 50 }, () => randomGuess(context, random));
  for (const guess of guesses) expect(context).toContain(guess);
  expect(new Set(guesses).size).toBeGreaterThan(15);
});
