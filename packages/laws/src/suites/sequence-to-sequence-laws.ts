import { type CausalModel, type EncodeContext, type SequenceToSequenceModel, scoped } from '@sequitur/core';
import { concat, dispose, memory, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { drawTokens } from '../draw.js';
import { expectClose } from '../expect-close.js';
import { onEachBackend } from '../on-each-backend.js';
import { lastLogitsLaw, readingTokens } from './causal-model-laws.js';
import { causalityLaws } from './causality-laws.js';
import { weighed } from './differentiable.js';
import { gradientLaws } from './gradient-laws.js';
import { filled, type RecurrentLawOptions } from './law-options.js';
import { moduleLaws } from './module-laws.js';
import { type Recurrence, row } from './recurrence.js';
import { refusalLaws } from './refusal-laws.js';
import { stateLaws } from './state-laws.js';

const SOURCE_LENGTH = 6;

/**
 * Every law of encoder-decoder models, on every backend: call it with a small model without dropout. Conditioned on a
 * source, it must obey the laws of causal models.
 *
 * @param create creates the same uninitialized model every time
 */
export function sequenceToSequenceLaws(
  name: string,
  create: () => SequenceToSequenceModel,
  options: RecurrentLawOptions = {},
): void {
  const { length = 9, tolerance = 3e-5 } = options;
  const agreed = {};
  onEachBackend(name, () => {
    const open = () => filled(create(), options);
    moduleLaws(create, { parameters: options.cost?.(1).parameters });
    const conditioned = async () => conditionedReading(await open());
    stateLaws(conditioned, { length, tolerance });
    causalityLaws(conditioned, length, tolerance);
    lastLogitsLaw(conditioned, options);
    sourceLaws(open, tolerance);
    refusalLaws(async () => {
      const model = await open();
      const read = (source: Tensor2D, context: EncodeContext) =>
        model.conditionedOn(source, context).initState(2) as never;
      return { read, dispose: () => model.dispose() };
    });
    gradientLaws(
      async () => {
        const model = await open();
        const f = () => scoped(() => weighed(writeAfter(model, drawSource(model, 2), length)));
        return { module: model, f, dispose: () => model.dispose() };
      },
      { ...options, tolerance, agreed },
    );
  });
}

function sourceLaws(open: () => Promise<SequenceToSequenceModel>, tolerance: number): void {
  it('is unaffected by padding of the source and the tokens in it', async () => {
    const model = await open();
    const [found, wanted] = scoped(() => {
      const source = drawSource(model, 1);
      const padded = concat([source, drawTokens(1, 2, model.vocabularySize, 'padding')], 1) as Tensor2D;
      const attentionMask = tensor2d([Array.from({ length: SOURCE_LENGTH + 2 }, (_, i) => Number(i < SOURCE_LENGTH))]);
      return [writeAfter(model, padded, 4, attentionMask), writeAfter(model, source, 4)];
    });
    await expectClose(found, wanted, tolerance);
    model.dispose();
  });

  it('computes each target from the source of its row alone', async () => {
    const model = await open();
    const [found, wanted, first, second] = scoped(() => {
      const source = drawSource(model, 2);
      const [one, other] = [0, 1].map((index) => writeAfter(model, row(source, index), 3, undefined, index));
      return [writeAfter(model, source, 3), concat([one!, other!]), one!, other!];
    });
    await expectClose(found, wanted, tolerance);
    const [a, b] = [await first.data(), await second.data()];
    expect(Math.max(...a.map((value, i) => Math.abs(value - b[i]!)))).toBeGreaterThan(0);
    dispose([first, second]);
    model.dispose();
  });

  it('leaks no tensors when the conditioned model is disposed', async () => {
    const model = await open();
    const source = drawSource(model, 2);
    const before = memory().numTensors;
    model.conditionedOn(source).dispose();
    expect(memory().numTensors).toBe(before);
    dispose(source);
    model.dispose();
  });
}

/** Logits of a target given a source; the targets are the same in every batch from `firstRow` on. */
function writeAfter(
  model: SequenceToSequenceModel,
  source: Tensor2D,
  length: number,
  attentionMask?: Tensor2D,
  firstRow = 0,
) {
  return scoped(() => {
    const batch = source.shape[0];
    const conditioned = model.conditionedOn(source, { attentionMask });
    const rows = Array.from({ length: batch }, (_, i) =>
      drawTokens(1, length, model.vocabularySize, `row ${firstRow + i}`),
    );
    const { logits } = conditioned.step(concat(rows) as Tensor2D, conditioned.initState(batch));
    conditioned.dispose();
    return logits;
  });
}

/** The conditioned decoder as a `Recurrence`, one for each batch size; all rows of a batch have one source. */
function conditionedReading(model: SequenceToSequenceModel): Recurrence {
  const bySize = new Map([1, 2, 3].map((batch) => [batch, conditionedAlike(model, batch)]));
  return {
    ...readingTokens(bySize.get(1)!),
    module: model,
    initState: (batchSize) => bySize.get(batchSize)!.initState(batchSize),
    read: (tokens, state, context) => readingTokens(bySize.get(tokens.shape[0]!)!).read(tokens, state, context),
    dispose: () => {
      for (const conditioned of bySize.values()) conditioned.dispose();
      model.dispose();
    },
  };
}

function conditionedAlike(model: SequenceToSequenceModel, batch: number): CausalModel {
  const one = drawSource(model, 1);
  const source = concat(new Array<Tensor2D>(batch).fill(one)) as Tensor2D;
  const conditioned = model.conditionedOn(source);
  dispose([one, source]);
  return conditioned;
}

function drawSource(model: SequenceToSequenceModel, batch: number): Tensor2D {
  return drawTokens(batch, SOURCE_LENGTH, model.vocabularySize, 'source');
}
