import type { Random } from '@sequitur/core';
import { NOT_ASKED, type Task } from './task.js';

/** How many tokens are to be remembered, and of how many kinds they are. */
const REMEMBERED = 4;
const KINDS = 8;
const LENGTH = 48 + REMEMBERED;
const [NOISE, ASK] = [0, KINDS + 1];

/**
 * Selective copying (Gu and Dao 2023, section 4.1.1): a few tokens are strewn at random places among noise, then asked for
 * in their order. The places differ from text to text, so that what is to be kept can be told only by looking at it. Over
 * long texts a state space whose parameters do not depend on the input cannot do that.
 */
export const selectiveCopying: Task = {
  name: 'selective-copying',
  vocabularySize: KINDS + 2,
  length: LENGTH,
  batchSize: 16,
  testLengths: [LENGTH],
  draw(random: Random, { length = LENGTH } = {}) {
    const field = length - REMEMBERED;
    const places = random.shuffle(Array.from({ length: field }, (_, place) => place)).slice(0, REMEMBERED);
    const inputs = new Int32Array(length).fill(NOISE).fill(ASK, field);
    const labels = new Int32Array(length).fill(NOT_ASKED);
    for (const [index, place] of places.sort((a, b) => a - b).entries()) {
      inputs[place] = 1 + random.integer(KINDS);
      labels[field + index] = inputs[place]!;
    }
    return { inputs, labels };
  },
};
