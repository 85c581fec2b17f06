import { type Backend, openBackend } from '@sequitur/core';
import { generate } from '@sequitur/generation';
import { onEachBackend } from '@sequitur/laws';
import { randomWindows } from '@sequitur/text';
import { adamW, train } from '@sequitur/train';
import { beforeEach, expect, it } from 'vitest';
import { Gpt, type Gpt2Config } from '../src/index.js';

const config: Gpt2Config = {
  vocabularySize: 7,
  contextLength: 16,
  width: 16,
  depth: 2,
  heads: 4,
  residualDropout: 0.1,
};

/** The step that the later ones are held against. */
const SETTLED = 20;

/** Bytes of the smallest buffer in the pool of a GPU. */
const SMALLEST_BUFFER = 256;

/** SEQUITUR_LEAK_STEPS=1000 takes minutes on a GPU that computes on the processor. */
const STEPS = Number(process.env.SEQUITUR_LEAK_STEPS ?? 60);

onEachBackend('nothing is left behind', (name) => {
  let backend: Backend;
  beforeEach(async () => {
    backend = await openBackend(name);
  });

  /** Tensors alive, their bytes, and those taken from the system, once everything asked for is computed. */
  async function held() {
    await backend.sync();
    const { tensors, live, reserved } = backend.memory();
    return { tensors, live, reserved };
  }

  it(`by ${STEPS} steps of training, after the ${SETTLED}th`, async () => {
    const model = Gpt.create(config, { seed: 1 });
    const optimizer = adamW({ learningRate: 1e-3 });
    const tokens = Array.from({ length: 200 }, (_, i) => i % 7);
    const data = randomWindows(tokens, { length: 8, batchSize: 2, seed: 2 });
    let settled = await held();
    for await (const { step } of train(model, data, { optimizer, steps: STEPS })) {
      if (step === SETTLED) settled = await held();
    }
    // How many buffers are in flight at once, and so the most that the pool ever holds, depends on when a GPU answers: training
    // waits for the gradient's norm within each step. A leak would take a buffer in every step.
    const { reserved, ...left } = await held();
    expect(left).toEqual({ tensors: settled.tensors, live: settled.live });
    expect(reserved - settled.reserved).toBeLessThan((STEPS - SETTLED) * SMALLEST_BUFFER);
    optimizer.dispose();
    model.dispose();
  }, 600_000);

  it(`by ${STEPS} tokens of writing, after the tenth`, async () => {
    const model = Gpt.create(config, { seed: 1 });
    const options = { whenFull: 'slide' } as const;
    // Buffers of every size that a cycle of filling and sliding needs are taken once.
    for await (const _ of generate(model, [[1, 2, 3]], { ...options, maxTokens: 30 }));
    let resolved = await held();
    let last = resolved;
    let count = 0;
    for await (const _ of generate(model, [[1, 2, 3]], { ...options, maxTokens: STEPS })) {
      count++;
      last = await held();
      if (count === 10) resolved = last;
    }
    expect(count).toBe(STEPS);
    expect(last).toEqual(resolved);
    model.dispose();
  }, 600_000);
});
