import { type Context, crossEntropy, scoped, tokenTensor } from '@sequitur/core';
import type { TokenBatch } from '@sequitur/train';
import type { RecurrentMemoryModel } from '@sequitur/transformer';
import { argMax, slice, type Tensor2D, type Tensor3D, tensor2d } from '@tensorflow/tfjs-core';

/** Whether the last segment is read with the memory of the earlier segments, or alone. */
export type Reading = 'with memory' | 'without memory';

/** Cross-entropy of the answers, which are in the last segment; gradients flow through every segment. */
export function recallLoss(reading: Reading) {
  return (model: RecurrentMemoryModel, { inputs, labels }: TokenBatch, context: Context = {}) =>
    scoped(() => {
      const logits = readLast(model, inputs, reading, context);
      return crossEntropy(logits, lastOf(labels, model.segmentLength));
    });
}

/** Accuracy: the fraction of questions whose most likely answer is right. */
export async function recallAccuracy(
  model: RecurrentMemoryModel,
  { inputs, labels }: TokenBatch,
  reading: Reading,
): Promise<number> {
  const answers = scoped(() => argMax(readLast(model, inputs, reading, {}), 2));
  const found = await answers.data();
  answers.dispose();
  let [asked, right] = [0, 0];
  for (const [row, wanted] of labels.entries()) {
    const start = wanted.length - model.segmentLength;
    for (let place = 0; place < model.segmentLength; place++) {
      const label = wanted[start + place]!;
      if (label < 0) continue;
      asked++;
      if (found[row * model.segmentLength + place] === label) right++;
    }
  }
  return right / asked;
}

/** Logits [batch, segmentLength, vocabularySize] of the last segment. */
function readLast(
  model: RecurrentMemoryModel,
  rows: TokenBatch['inputs'],
  reading: Reading,
  context: Context,
): Tensor3D {
  const tokens = tokenTensor(rows, model.vocabularySize);
  const before = tokens.shape[1] - model.segmentLength;
  let state = model.initState(tokens.shape[0]);
  if (reading === 'with memory' && before > 0) {
    const earlier: Tensor2D = slice(tokens, [0, 0], [-1, before]);
    state = model.step(earlier, state, { ...context, logits: 'last' }).state;
  }
  return model.step(slice(tokens, [0, before], [-1, -1]), state, context).logits;
}

function lastOf(labels: TokenBatch['labels'], count: number): Tensor2D {
  const numbers = labels.flatMap((row) => Array.from(row).slice(-count));
  return tensor2d(Int32Array.from(numbers), [labels.length, count], 'int32');
}
