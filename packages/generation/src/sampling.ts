import { hostSoftmax, type Random } from '@sequitur/core';

/** The most likely token; the first of equal ones. */
export function mostLikely(scores: Float32Array): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i]! > scores[best]!) best = i;
  return best;
}

/** Samples a token. On the host: sampling on GPUs has no seed and, in tfjs, wrong probabilities. */
export function sample(scores: Float32Array, random: Random): number {
  return sampleFrom(hostSoftmax(scores), random);
}

/** Samples an index from weights that sum to about 1. */
export function sampleFrom(weights: Float64Array, random: Random): number {
  let left = random.uniform();
  let last = 0;
  for (let place = 0; place < weights.length; place++) {
    const weight = weights[place]!;
    if (!(weight > 0)) continue;
    last = place;
    left -= weight;
    if (left < 0) break;
  }
  return last;
}
