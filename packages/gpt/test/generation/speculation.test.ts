import { type CausalModel, openBackend } from '@sequitur/core';
import { type GenerateOptions, generateSequences, type SpeculationOptions } from '@sequitur/generation';
import { adamW, train } from '@sequitur/train';
import { beforeAll, describe, expect, it } from 'vitest';
import { Gpt, type Gpt2Config } from '../../src/index.js';

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
      const expected = await generateSequences(alone.model, prompts, options);
      const faster = counted(target);
      const found = await generateSequences(faster.model, prompts, { ...options, speculation: speculation() });
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
