import {
  type CausalModel,
  type GenerateOptions,
  generateTexts,
  openBackend,
  type SpeculationOptions,
} from '@sequitur/core';
import { adamW, train } from '@sequitur/train';
import { beforeAll, describe, expect, it } from 'vitest';
import { Gpt, type Gpt2Config } from '../../src/index.js';
import { Bigram } from './bigram.js';

/** A text that repeats itself with differences: some of it can be guessed. */
function song(length: number): number[] {
  const verse = [1, 2, 3, 4, 2, 3, 5, 6, 1, 2, 7, 8];
  return Array.from({ length }, (_, i) => (i % 12 === 11 ? 8 + (Math.floor(i / 12) % 3) : verse[i % 12]!));
}

const config: Gpt2Config = { vocabularySize: 12, contextLength: 64, width: 24, depth: 2, heads: 2 };

describe('speculative decoding', () => {
  let target: Gpt;
  let draft: Gpt;
  beforeAll(async () => {
    await openBackend('wasm');
    target = await trained(config, 120);
    draft = await trained({ ...config, width: 8, depth: 1 }, 120);
  });

  for (const [title, speculation, least] of [
    ['prompt lookup', () => ({}), 1.5],
    ['a draft model', () => ({ draft }), 1.5],
    [
      'a draft model that knows nothing',
      () => ({ draft: Gpt.create({ ...config, width: 8, depth: 1 }, { seed: 77 }) }),
      0,
    ],
  ] as [string, () => SpeculationOptions, number][]) {
    it(`with ${title} writes what the model writes alone, in fewer steps`, async () => {
      const prompts = [song(20), song(33).slice(4), [3, 1]];
      const options: GenerateOptions = { maxTokens: 30, repetitionPenalty: 1.05, logProbabilities: true };
      const alone = counted(target);
      const expected = await generateTexts(alone.model, prompts, options);
      const faster = counted(target);
      const found = await generateTexts(faster.model, prompts, { ...options, speculation: speculation() });
      expect(found.flat().map(({ tokens }) => tokens)).toEqual(expected.flat().map(({ tokens }) => tokens));
      for (const [index, text] of found.flat().entries()) {
        for (const [place, value] of text.logProbabilities!.entries()) {
          expect(value).toBeCloseTo(expected.flat()[index]!.logProbabilities![place]!, 3);
        }
      }
      // Alone all prompts share their steps; speculation takes each for itself.
      const stepsAlone = alone.steps() * prompts.length;
      console.log(`${title}: ${faster.steps()} steps of the model instead of ${stepsAlone}`);
      expect(stepsAlone / faster.steps()).toBeGreaterThan(least);
    });
  }
});

describe('drawn text', () => {
  const size = 5;
  const target = new Bigram(size, 1);
  /** χ² with 24 degrees of freedom exceeds this once in a thousand times. */
  const LIMIT = 51.2;

  for (const [title, options] of Object.entries<GenerateOptions>({
    'by plain sampling': {},
    'by a draft of another mind': { speculation: { draft: new Bigram(size, 2), tokens: 2 } },
    'by prompt lookup': { speculation: { lookup: 2, tokens: 3 } },
  })) {
    it(`has the model's distribution, ${title}`, async () => {
      await openBackend('cpu');
      const sequences = 4000;
      const prompt = [0, 1, 0, 2, 0];
      const chance = { temperature: 0.8, topK: 4, seed: title };
      const [texts] = await generateTexts(target, [prompt], { ...options, ...chance, sequences, maxTokens: 2 });
      const counts = new Map<string, number>();
      for (const { tokens } of texts!) counts.set(tokens.join(), (counts.get(tokens.join()) ?? 0) + 1);
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

  it('would be caught if it came from the draft', async () => {
    const other = new Bigram(size, 2);
    const difference = Math.max(...shares(target, 0).map((share, token) => Math.abs(share - shares(other, 0)[token]!)));
    expect(difference).toBeGreaterThan(0.2);
  });
});

/** Of the successors of a token, at temperature 0.8 among the four likeliest. */
function shares({ rows }: Bigram, token: number): number[] {
  const logits = [...rows[token]!].map((logit) => logit / 0.8);
  const least = [...logits].sort((a, b) => b - a)[3]!;
  const weights = logits.map((logit) => (logit < least ? 0 : Math.exp(logit)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

async function trained(of: Gpt2Config, steps: number): Promise<Gpt> {
  const model = Gpt.create(of, { seed: 1 });
  const optimizer = adamW({ learningRate: 1e-2 });
  const tokens = song(400);
  const batches = function* () {
    for (let start = 0; ; start = (start + 29) % 300) {
      const rows = [start, start + 7, start + 50].map((at) => tokens.slice(at, at + 41));
      yield { inputs: rows.map((row) => row.slice(0, -1)), labels: rows.map((row) => row.slice(1)) };
    }
  };
  for await (const _ of train(model, batches(), { optimizer, steps }));
  optimizer.dispose();
  return model;
}

/** The model, counting its steps. */
function counted(model: CausalModel): { readonly model: CausalModel; steps(): number } {
  let steps = 0;
  const counting = Object.create(model, {
    step: {
      value: (...given: Parameters<CausalModel['step']>) => {
        steps++;
        return model.step(...given);
      },
    },
  }) as CausalModel;
  return { model: counting, steps: () => steps };
}
