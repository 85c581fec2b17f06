import type { Random } from '@sequitur/core';
import { NOT_ASKED, type Task } from './task.js';

/** How many tokens are to be remembered, and of how many kinds they are. */
const REMEMBERED = 8;
const KINDS = 16;
const LENGTH = 256 + 2 * REMEMBERED;
const [NOISE, ASK] = [0, KINDS + 1];

/** What a training begins with; after these it goes on as the test is. */
const LESSONS = [
  { batches: 100, remembered: 1, noise: 8 },
  { batches: 100, remembered: 2, noise: 16 },
  { batches: 100, remembered: 3, noise: 24 },
  { batches: 150, remembered: 4, noise: 32 },
  { batches: 450, remembered: 6, noise: 48 },
  { batches: 450, remembered: 8, noise: 64 },
  { batches: 150, remembered: 8, noise: 128 },
];

/**
 * Selective copying (Gu and Dao 2023, section 4.1.1): a few tokens are strewn at random places among noise, then asked for
 * in their order. The places differ from text to text, so that what is to be kept can be told only by looking at it.
 *
 * The training begins with few tokens among little noise: a run of eight tokens from the start still guessed after 300 steps.
 */
export const selectiveCopying: Task = {
  name: 'selective-copying',
  vocabularySize: KINDS + 2,
  length: LENGTH,
  batchSize: 8,
  testLengths: [64, 128, 256, 512, 1024, 2048, 4096].map((noise) => noise + 2 * REMEMBERED),
  lesson(batch) {
    let end = 0;
    for (const { batches, remembered, noise } of LESSONS) {
      end += batches;
      if (batch < end) return { remembered, length: noise + 2 * remembered };
    }
    return {};
  },
  draw(random: Random, { length = LENGTH, remembered = REMEMBERED } = {}) {
    const field = length - remembered;
    const places = random.shuffle(Array.from({ length: field }, (_, place) => place)).slice(0, remembered);
    const inputs = new Int32Array(length).fill(NOISE).fill(ASK, field);
    const labels = new Int32Array(length).fill(NOT_ASKED);
    for (const [index, place] of places.sort((a, b) => a - b).entries()) {
      inputs[place] = 1 + random.integer(KINDS);
      labels[field + index] = inputs[place]!;
    }
    return { inputs, labels };
  },
};
