import { hostSoftmax, type Random, SequiturError } from '@sequitur/core';

/** The most likely token; the first of several alike. */
export function mostLikely(scores: Float32Array): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i]! > scores[best]!) best = i;
  return checked(scores, best);
}

/** A token drawn with its probability. On the host, since what GPUs draw has neither seed nor, in tfjs, the right shares. */
export function drawn(scores: Float32Array, random: Random): number {
  return checked(scores, drawnFrom(hostSoftmax(scores), random));
}

/** A place drawn from weights that sum to 1, or nearly. */
export function drawnFrom(weights: Float64Array, random: Random): number {
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

function checked(scores: Float32Array, token: number): number {
  if (Number.isFinite(scores[token])) return token;
  throw new SequiturError({
    where: 'generation',
    expected: 'at least one token with a finite score',
    got: `${scores[token]} for the best one`,
    fix: 'Loosen the rules that forbid tokens; where there are none, the model has lost itself in training (a learning rate too high)',
  });
}
