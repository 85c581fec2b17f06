import { logSoftmax } from './probabilities.js';
import { checkOption, type LogitsProcessor } from './processor.js';

/** Divides the scores by the temperature: below 1 the distribution becomes sharper, above 1 flatter. */
export function temperature(value: number): LogitsProcessor {
  checkOption('temperature', value, 'a number above 0', value > 0 && Number.isFinite(value));
  return (scores) => {
    for (let i = 0; i < scores.length; i++) scores[i]! /= value;
  };
}

/** Renormalises the scores to log-probabilities after other processors, so that beams are comparable. */
export function renormalized(): LogitsProcessor {
  return (scores) => scores.set(logSoftmax(scores));
}

const LARGEST = 3.4028234663852886e38;

/** Replaces NaN by 0 and infinities by the largest float32. */
export function finite(): LogitsProcessor {
  return (scores) => {
    for (let i = 0; i < scores.length; i++) {
      const score = scores[i]!;
      scores[i] = Number.isNaN(score) ? 0 : Math.min(LARGEST, Math.max(-LARGEST, score));
    }
  };
}
