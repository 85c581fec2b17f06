import { hostSoftmax } from '@sequitur/core';
import { entropyOf, largestPlaces } from './probabilities.js';
import { checkCount, checkOption, type LogitsProcessor } from './processor.js';

/** Minimum number of tokens that are kept; default 1. */
export interface KeepOptions {
  readonly keep?: number;
}

/**
 * Top-k sampling: keeps the k most likely tokens, and those as likely as the last of them (Fan, Lewis and Dauphin
 * 2018).
 */
export function topK(k: number, { keep = 1 }: KeepOptions = {}): LogitsProcessor {
  checkCount('topK', k);
  return (scores) => {
    const count = Math.max(k, keep);
    if (count >= scores.length) return;
    const least = scores.slice().sort()[scores.length - count]!;
    for (let i = 0; i < scores.length; i++) if (scores[i]! < least) scores[i] = -Infinity;
  };
}

/**
 * Top-p (nucleus) sampling: keeps the smallest set of tokens with a total probability of at least p (Holtzman et al.
 * 2020, section 3.1).
 */
export function topP(p: number, { keep = 1 }: KeepOptions = {}): LogitsProcessor {
  checkOption('topP', p, 'a number from 0 to 1', p >= 0 && p <= 1);
  return (scores) => {
    if (p === 1) return;
    const probabilities = hostSoftmax(scores);
    const rising = placesByRising(scores);
    let below = 0;
    for (const place of rising.slice(0, Math.max(0, scores.length - keep))) {
      below += probabilities[place]!;
      if (below > 1 - p) return;
      scores[place] = -Infinity;
    }
  };
}

/**
 * Min-p sampling: keeps tokens with at least `share` times the probability of the most likely one (Nguyen et al. 2024).
 */
export function minP(share: number, { keep = 1 }: KeepOptions = {}): LogitsProcessor {
  checkOption('minP', share, 'a number in [0, 1]', share >= 0 && share <= 1);
  return (scores) => {
    const probabilities = hostSoftmax(scores);
    const most = probabilities.reduce((top, probability) => Math.max(top, probability), 0);
    removeBelow(share * most, probabilities, scores, keep);
  };
}

/**
 * Locally typical sampling: keeps the tokens whose surprisal is closest to the entropy, up to a total probability of
 * `mass` (Meister et al. 2023, equation 7).
 */
export function typical(mass: number, { keep = 1 }: KeepOptions = {}): LogitsProcessor {
  checkOption('typical', mass, 'a number in (0, 1)', mass > 0 && mass < 1);
  return (scores) => {
    const probabilities = hostSoftmax(scores);
    const entropy = entropyOf(probabilities);
    const distances = probabilities.map((probability) => Math.abs(-Math.log(probability) - entropy));
    const order = placesByRising(distances);
    let [reached, last] = [0, 0];
    while (last < order.length - 1) {
      reached += probabilities[order[last]!]!;
      if (reached >= mass) break;
      last++;
    }
    const farthest = distances[order[last]!]!;
    for (const [rank, place] of order.entries()) {
      if (rank >= keep && distances[place]! > farthest) scores[place] = -Infinity;
    }
  };
}

/** Epsilon sampling: keeps tokens of at least this probability (Hewitt, Manning and Liang 2022, section 4.1). */
export function epsilonCutoff(epsilon: number, { keep = 1 }: KeepOptions = {}): LogitsProcessor {
  checkOption('epsilonCutoff', epsilon, 'a number in (0, 1)', epsilon > 0 && epsilon < 1);
  return (scores) => removeBelow(epsilon, hostSoftmax(scores), scores, keep);
}

/**
 * Eta sampling: keeps tokens of at least the probability min(ε, sqrt(ε) exp(-entropy)) (Hewitt, Manning and Liang 2022,
 * section 4.2).
 */
export function etaCutoff(epsilon: number, { keep = 1 }: KeepOptions = {}): LogitsProcessor {
  checkOption('etaCutoff', epsilon, 'a number in (0, 1)', epsilon > 0 && epsilon < 1);
  return (scores) => {
    const probabilities = hostSoftmax(scores);
    const eta = Math.min(epsilon, Math.sqrt(epsilon) * Math.exp(-entropyOf(probabilities)));
    removeBelow(eta, probabilities, scores, keep);
  };
}

function removeBelow(least: number, probabilities: Float64Array, scores: Float32Array, keep: number): void {
  const kept = new Set(largestPlaces(scores, keep));
  for (let i = 0; i < scores.length; i++) if (probabilities[i]! < least && !kept.has(i)) scores[i] = -Infinity;
}

function placesByRising(values: Float32Array | Float64Array): number[] {
  return Array.from(values.keys()).sort((a, b) => values[a]! - values[b]! || b - a);
}
