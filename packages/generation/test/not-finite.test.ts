import { type CausalModel, Module, openBackend, type StateTree, type StepContext } from '@sequitur/core';
import { memory, type Tensor2D, tensor3d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type GenerateOptions, generateSequences } from '../src/index.js';

const VOCABULARY = 4;

/** A model whose scores of one row are as given after `read` tokens, and finite everywhere else. */
class Breaking extends Module implements CausalModel {
  readonly vocabularySize = VOCABULARY;
  readonly contextLength = Number.POSITIVE_INFINITY;
  readonly #broken: readonly number[];
  readonly #read: number;
  readonly #row: number;

  constructor(broken: readonly number[], { read = 4, row = 0 } = {}) {
    super();
    this.#broken = broken;
    this.#read = read;
    this.#row = row;
  }

  initState(): StateTree {
    return { read: 0 };
  }

  step(tokens: Tensor2D, state: StateTree, { observe }: StepContext = {}) {
    const [batch, length] = tokens.shape;
    const before = (state as { read: number }).read;
    const values: number[] = [];
    for (let row = 0; row < batch; row++) {
      for (let place = 1; place <= length; place++) {
        const isBroken = before + place === this.#read && row === this.#row;
        values.push(...(isBroken ? this.#broken : [1, 2, 3, 2.5]));
      }
    }
    const logits = tensor3d(values, [batch, length, VOCABULARY]);
    const hidden = tensor3d(new Float32Array(batch * length * 2).fill(1), [batch, length, 2]);
    observe?.('norm', hidden);
    hidden.dispose();
    return { logits, state: { read: before + length } };
  }
}

const strategies: Readonly<Record<string, GenerateOptions>> = {
  greedy: {},
  sampling: { temperature: 0.8 },
  'top-k sampling': { topK: 2 },
  'top-p sampling': { topP: 0.9 },
  beams: { beamSearch: { beams: 2 } },
  'sampled beams': { beamSearch: { beams: 2 }, temperature: 1 },
  contrastive: { contrastive: { candidates: 2, penalty: 0.5 } },
  'prompt lookup': { speculation: {} },
};

const broken: Readonly<Record<string, readonly number[]>> = {
  'NaN for token 1': [1, Number.NaN, 3, 2],
  'Infinity for token 2': [1, 2, Infinity, 2],
  '-Infinity for every token': [-Infinity, -Infinity, -Infinity, -Infinity],
};

describe('scores that are not finite', () => {
  beforeAll(() => openBackend('cpu'));

  for (const [title, options] of Object.entries(strategies)) {
    for (const [got, scores] of Object.entries(broken)) {
      it(`are refused with their row, position and step: ${title}, ${got}`, async () => {
        const before = memory().numTensors;
        const run = generateSequences(new Breaking(scores), [[1, 2]], { ...options, maxTokens: 6 });
        await expect(run).rejects.toThrow(
          /generation, row 0, position 4, step 2: expected finite scores from the model/,
        );
        await expect(run).rejects.toThrow(got);
        expect(memory().numTensors).toBe(before);
      });
    }
  }

  it('are refused in the row where they are', async () => {
    const model = new Breaking([1, 2, Number.NaN, 3], { row: 1 });
    const prompts = [
      [1, 2],
      [2, 2],
    ];
    await expect(generateSequences(model, prompts, { maxTokens: 6 })).rejects.toThrow(/row 1, position 4, step 2/);
  });

  it('are replaced where the option finite says so', async () => {
    const found = await generateSequences(new Breaking([1, Number.NaN, -3, Infinity]), [[1, 2]], {
      ...{ maxTokens: 4, finite: true },
    });
    expect(found[0]![0]!.tokens).toEqual([2, 2, 3, 2]);
  });

  it('of -Infinity are tokens that are never chosen', async () => {
    for (const [title, options] of Object.entries(strategies)) {
      const model = new Breaking([-Infinity, 1, -Infinity, -Infinity]);
      const found = await generateSequences(model, [[1, 2]], { ...options, maxTokens: 4 });
      expect(found[0]![0]!.tokens[2], title).toBe(1);
    }
  });

  it('after processors are refused, also where the options forbid every token', async () => {
    for (const [title, options] of Object.entries(strategies)) {
      const run = (more: GenerateOptions) =>
        generateSequences(new Breaking([]), [[1, 2]], { ...options, maxTokens: 3, ...more });
      await expect(run({ suppressTokens: [0, 1, 2, 3] }), title).rejects.toThrow(
        /row 0, position 2, step 0: expected at least one possible token/,
      );
      const processors = [(scores: Float32Array) => void scores.fill(Number.NaN, 0, 1)];
      await expect(run({ processors }), title).rejects.toThrow(/step 0: expected logits processors.*NaN for token 0/);
    }
  });
});
