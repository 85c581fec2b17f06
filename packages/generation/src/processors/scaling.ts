import { logSoftmax } from './probabilities.js';
import { checkOption, type LogitsProcessor } from './processor.js';

/** Divides by the temperature: below 1 the likely tokens gain, above 1 the unlikely ones. */
export function temperature(value: number): LogitsProcessor {
  checkOption('temperature', value, 'a number above 0', value > 0 && Number.isFinite(value));
  return (scores) => {
    for (let i = 0; i < scores.length; i++) scores[i]! /= value;
  };
}

/** Makes the scores log-probabilities again after other rules, as comparable beams need. */
export function renormalized(): LogitsProcessor {
  return (scores) => scores.set(logSoftmax(scores));
}

const LARGEST = 3.4028234663852886e38;

/** Not-a-number becomes 0 and infinities the largest numbers of float32: a model that has lost itself goes on. */
export function finite(): LogitsProcessor {
  return (scores) => {
    for (let i = 0; i < scores.length; i++) {
      const score = scores[i]!;
      scores[i] = Number.isNaN(score) ? 0 : Math.min(LARGEST, Math.max(-LARGEST, score));
    }
  };
}
