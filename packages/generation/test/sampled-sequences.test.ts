import { openBackend } from '@sequitur/core';
import { describe, expect, it } from 'vitest';
import { type GenerateOptions, generateSequences } from '../src/index.js';
import { Bigram } from './bigram.js';

describe('sampled sequences', () => {
  const size = 5;
  const target = new Bigram(size, 1);
  /** χ² with 24 degrees of freedom exceeds this once in a thousand times. */
  const LIMIT = 51.2;

  for (const [title, options] of Object.entries<GenerateOptions>({
    'by sampling': {},
    'with a different draft model': { speculation: { draft: new Bigram(size, 2), tokens: 2 } },
    'with prompt lookup': { speculation: { lookup: 2, tokens: 3 } },
  })) {
    it(`have the model's distribution, ${title}`, async () => {
      await openBackend('cpu');
      const sequences = 4000;
      const prompt = [0, 1, 0, 2, 0];
      const sampling = { temperature: 0.8, topK: 4, seed: title };
      const [prompts] = await generateSequences(target, [prompt], { ...options, ...sampling, sequences, maxTokens: 2 });
      const counts = new Map<string, number>();
      for (const { tokens } of prompts!) counts.set(tokens.join(), (counts.get(tokens.join()) ?? 0) + 1);
      let chiSquare = 0;
      for (let first = 0; first < size; first++) {
        for (let second = 0; second < size; second++) {
          const expected = sequences * shares(target, 0)[first]! * shares(target, first)[second]!;
          const found = counts.get(`${first},${second}`) ?? 0;
          if (expected === 0) expect(found).toBe(0);
          else chiSquare += (found - expected) ** 2 / expected;
        }
      }
      console.log(`${title}: χ² ${chiSquare.toFixed(1)} of at most ${LIMIT}`);
      expect(chiSquare).toBeLessThan(LIMIT);
    });
  }

  it('would fail if they came from the draft', async () => {
    const other = new Bigram(size, 2);
    const difference = Math.max(...shares(target, 0).map((share, token) => Math.abs(share - shares(other, 0)[token]!)));
    expect(difference).toBeGreaterThan(0.2);
  });
});

/** Probabilities of the successors of a token, at temperature 0.8 among the four most likely. */
function shares({ rows }: Bigram, token: number): number[] {
  const logits = [...rows[token]!].map((logit) => logit / 0.8);
  const least = [...logits].sort((a, b) => b - a)[3]!;
  const weights = logits.map((logit) => (logit < least ? 0 : Math.exp(logit)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
