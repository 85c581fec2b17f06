import { type CausalModel, scoped } from '@sequitur/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { drawTokens } from '../draw.js';
import { expectClose } from '../expect-close.js';
import { onEachBackend } from '../on-each-backend.js';
import { filled, type RecurrentLawOptions } from './law-options.js';
import { moduleLaws } from './module-laws.js';
import { part, type Recurrence } from './recurrence.js';
import { recurrenceLaws } from './recurrence-laws.js';
import { refusalLaws } from './refusal-laws.js';

/**
 * Every law of causal models, on every backend: call it with a small model without dropout.
 *
 * @param create creates the same uninitialized model every time
 */
export function causalModelLaws(name: string, create: () => CausalModel, options: RecurrentLawOptions = {}): void {
  const agreed = {};
  onEachBackend(name, () => {
    moduleLaws(create, { parameters: options.cost?.(1).parameters });
    const open = async () => readingTokens(await filled(create(), options));
    recurrenceLaws(open, options, agreed);
    lastLogitsLaw(open, options);
    refusalLaws(async () => {
      const { read, initState, dispose } = await open();
      return { read: (tokens, context) => read(tokens, initState(tokens.shape[0]), context).output, dispose };
    });
  });
}

/** A causal model as a `Recurrence` over tokens, which disposes the model. */
export function readingTokens(model: CausalModel): Recurrence {
  return {
    module: model,
    initState: (batchSize) => model.initState(batchSize),
    read: (tokens, state, context) => {
      const { logits, state: next } = model.step(tokens as Tensor2D, state, context);
      return { output: logits, state: next };
    },
    draw: (batch, length, seed) => drawTokens(batch, length, model.vocabularySize, seed),
    dispose: () => model.dispose(),
  };
}

export function lastLogitsLaw(
  open: () => Promise<Recurrence>,
  { length = 9, tolerance = 3e-5 }: RecurrentLawOptions,
): void {
  it('returns only the logits of the last token on request', async () => {
    const { read, draw, initState, dispose } = await open();
    const [last, wanted] = scoped(() => {
      const tokens = draw(2, length, 'sequence');
      const all = read(tokens, initState(2), { logits: 'all' }).output;
      return [read(tokens, initState(2), { logits: 'last' }).output, part(all, length - 1, 1)];
    });
    await expectClose(last, wanted, tolerance);
    dispose();
  });
}
