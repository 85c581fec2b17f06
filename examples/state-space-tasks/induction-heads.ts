import type { Random } from '@sequitur/core';
import { NOT_ASKED, type Task } from './task.js';

/** The last of 16 tokens is the one that is asked about. */
const ORDINARY = 15;
const SPECIAL = ORDINARY;
const LENGTH = 256;

/** How likely it is at every later place that the question comes there too, where it comes often. */
const ASKED_AGAIN = 1 / 16;

/**
 * Induction heads (Gu and Dao 2023, section 4.1.2 and appendix E.1): a special token stands once somewhere in a random text,
 * and again at its end; what followed it the first time is to be told. Learnt at one length, it can be asked at any.
 *
 * Half of the texts to train on ask more than once, each time with the same answer behind it: with one question in 256
 * tokens alone it would take some ten times as many texts. The test asks once, as the paper does.
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
