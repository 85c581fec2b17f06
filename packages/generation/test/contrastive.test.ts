import { openBackend } from '@sequitur/core';
import { generateSequences } from '@sequitur/generation';
import { expect, it } from 'vitest';
import { Bigram } from './bigram.js';

it('contrastive search weighs probability against similarity to earlier tokens, as in the paper', async () => {
  await openBackend('cpu');
  const model = new Bigram(8, 12, 0.7);
  for (const [candidates, penalty] of [
    [4, 0.6],
    [3, 0.1],
    [8, 0.9],
    [1, 0.5],
  ] as const) {
    const prompts = await generateSequences(model, [[2, 5, 1]], {
      maxTokens: 12,
      contrastive: { candidates, penalty },
    });
    const expected = [2, 5, 1];
    while (expected.length < 15) expected.push(next(model, expected, candidates, penalty));
    expect(prompts[0]![0]!.tokens).toEqual(expected.slice(3));
  }
});

/** Su et al. 2022, equation 5, with the row of a token's successors as its hidden state. */
function next({ rows }: Bigram, text: readonly number[], candidates: number, penalty: number): number {
  const logits = [...rows[text.at(-1)!]!];
  const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
  const order = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!).slice(0, candidates);
  const merit = (token: number) => {
    const likeness = Math.max(...text.map((before) => cosine(rows[before]!, rows[token]!)));
    return ((1 - penalty) * Math.exp(logits[token]!)) / sum - penalty * likeness;
  };
  return order.reduce((best, token) => (merit(token) > merit(best) ? token : best));
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((total, value, i) => total + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
