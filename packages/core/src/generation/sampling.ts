import { SequiturError } from '../errors.js';
import type { Random } from '../random.js';
import { softmax } from './logits-processors.js';

/** Chooses a token from processed logits. */
export type Sampler = (logits: Float32Array) => number;

/** The most likely token; the first of several alike. */
export const greedy: Sampler = (logits) => {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  return finite(logits, best);
};

/** Draws a token with its probability. On the host, since what GPUs draw has neither seed nor, in tfjs, the right shares. */
export function sampler(random: Random): Sampler {
  return (logits) => {
    const probabilities = softmax(logits);
    let left = random.uniform();
    let last = 0;
    for (let token = 0; token < probabilities.length; token++) {
      const probability = probabilities[token]!;
      if (probability === 0) continue;
      last = token;
      left -= probability;
      if (left < 0) break;
    }
    return finite(logits, last);
  };
}

function finite(logits: Float32Array, token: number): number {
  if (Number.isFinite(logits[token])) return token;
  throw new SequiturError({
    where: 'generation',
    expected: 'at least one token with a finite logit',
    got: `${logits[token]} for the best one`,
    fix: 'Loosen the rules that forbid tokens; where there are none, the model has lost itself in training (a learning rate too high)',
  });
}
