import type { Random } from '@sequitur/core';
import { NOT_ASKED, type Task } from './task.js';

/** Number of tokens to copy, and size of their vocabulary. */
const COPIED = 8;
const KINDS = 16;
const LENGTH = 256 + 2 * COPIED;
const [NOISE, ASK] = [0, KINDS + 1];

/** Training curriculum; later batches are as in the test. */
const CURRICULUM = [
  { batches: 100, copied: 1, noise: 8 },
  { batches: 100, copied: 2, noise: 16 },
  { batches: 100, copied: 3, noise: 24 },
  { batches: 150, copied: 4, noise: 32 },
  { batches: 450, copied: 6, noise: 48 },
  { batches: 450, copied: 8, noise: 64 },
  { batches: 150, copied: 8, noise: 128 },
];

/**
 * Selective copying (Gu and Dao 2023, section 4.1.1): a few tokens are at random positions among noise, and must be
 * copied in order. The positions differ between sequences, so that the model must select tokens by their content.
 *
 * Training starts with few tokens and little noise: with eight tokens from the start, a run was still at chance level
 * after 300 steps.
 */
export const selectiveCopying: Task = {
  name: 'selective-copying',
  vocabularySize: KINDS + 2,
  length: LENGTH,
  batchSize: 8,
  testLengths: [64, 128, 256, 512, 1024, 2048, 4096].map((noise) => noise + 2 * COPIED),
  curriculum(batch) {
    let end = 0;
    for (const { batches, copied, noise } of CURRICULUM) {
      end += batches;
      if (batch < end) return { copied, length: noise + 2 * copied };
    }
    return {};
  },
  draw(random: Random, { length = LENGTH, copied = COPIED } = {}) {
    const field = length - copied;
    const places = random.shuffle(Array.from({ length: field }, (_, place) => place)).slice(0, copied);
    const inputs = new Int32Array(length).fill(NOISE).fill(ASK, field);
    const labels = new Int32Array(length).fill(NOT_ASKED);
    for (const [index, place] of places.sort((a, b) => a - b).entries()) {
      inputs[place] = 1 + random.integer(KINDS);
      labels[field + index] = inputs[place]!;
    }
    return { inputs, labels };
  },
};
