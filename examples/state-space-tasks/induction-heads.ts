import type { Random } from '@sequitur/core';
import { NOT_ASKED, type Task } from './task.js';

/** Number of ordinary tokens; the last of 16 is the special token. */
const ORDINARY = 15;
const SPECIAL = ORDINARY;
const LENGTH = 256;

/** Probability of a further question at each later position, for sequences with several. */
const ASKED_AGAIN = 1 / 16;

/**
 * Induction heads (Gu and Dao 2023, section 4.1.2 and appendix E.1): a special token is at a random position of a
 * random sequence, and again at its end; the model must predict the token that followed it the first time. After
 * training at one length it can be tested at any.
 *
 * Half of the training sequences ask more than once, each time followed by the same answer: with one question in 256
 * tokens, training would take about ten times as many sequences. The test asks once, as in the paper.
 */
export const inductionHeads: Task = {
  name: 'induction-heads',
  vocabularySize: ORDINARY + 1,
  length: LENGTH,
  batchSize: 8,
  testLengths: Array.from({ length: 12 }, (_, index) => 64 * 2 ** index),
  curriculum: (batch) => ({ often: batch % 2 === 0 }),
  draw(random: Random, { length = LENGTH, often = false } = {}) {
    const inputs = Int32Array.from({ length }, () => random.integer(ORDINARY));
    const labels = new Int32Array(length).fill(NOT_ASKED);
    const first = random.integer(length - 2);
    const answer = inputs[first + 1]!;
    inputs[first] = SPECIAL;
    for (let place = first + 2; place < length; place++) {
      if (place < length - 1 && !(often && random.uniform() < ASKED_AGAIN)) continue;
      inputs[place] = SPECIAL;
      labels[place] = answer;
      if (++place < length) inputs[place] = answer;
    }
    return { inputs, labels };
  },
};
