import { type CausalModel, checkArgument, type LossContext, type Module, option, SequiturError } from '@sequitur/core';
import type { TrainingData } from './data-reader.js';
import { type LossFunction, nextTokenLoss, type TokenBatch, totalLabels } from './losses.js';
import { checkModel } from './train-options.js';

/**
 * Evaluates the loss over all batches, as over one large batch and without dropout; by default the next-token loss, in
 * nats per token. A loss that does not count its labels is averaged over the batches.
 *
 * @throws SequiturError when there is no batch, or no label in any
 */
export async function evaluate(model: CausalModel, data: TrainingData<TokenBatch>): Promise<number>;
export async function evaluate<M extends Module, Batch>(
  model: M,
  data: TrainingData<Batch>,
  loss: LossFunction<M, Batch>,
): Promise<number>;
export async function evaluate<M extends Module, Batch>(
  model: M,
  data: TrainingData<Batch>,
  loss = nextTokenLoss as unknown as LossFunction<M, Batch>,
): Promise<number> {
  checkModel('evaluate', model);
  checkArgument('evaluate, data', option.iterable, data);
  checkArgument('evaluate, loss', option.callback, loss);
  return loss.countLabels ? meanOverLabels(model, data, loss) : meanOverBatches(model, data, loss);
}

/** Reads all batches first: the weight of each depends on the labels of all. */
async function meanOverLabels<M extends Module, Batch>(
  model: M,
  data: TrainingData<Batch>,
  loss: LossFunction<M, Batch>,
): Promise<number> {
  const batches: Batch[] = [];
  for await (const batch of data) batches.push(batch);
  if (batches.length === 0) throw withoutBatches();
  const labelCounts = totalLabels('evaluate', loss, { model, batches });
  if (!labelCounts) return meanOverBatches(model, batches, loss);
  let total = 0;
  for (const batch of batches) total += await lossOver(model, batch, loss, { labelCounts });
  return total;
}

async function meanOverBatches<M extends Module, Batch>(
  model: M,
  data: TrainingData<Batch>,
  loss: LossFunction<M, Batch>,
): Promise<number> {
  let [total, batches] = [0, 0];
  for await (const batch of data) {
    total += await lossOver(model, batch, loss, {});
    batches++;
  }
  if (batches === 0) throw withoutBatches();
  return total / batches;
}

async function lossOver<M extends Module, Batch>(
  model: M,
  batch: Batch,
  loss: LossFunction<M, Batch>,
  context: LossContext,
): Promise<number> {
  const value = loss(model, batch, context);
  try {
    return (await value.data())[0]!;
  } finally {
    value.dispose();
  }
}

function withoutBatches(): SequiturError {
  return new SequiturError({ where: 'evaluate', expected: 'at least one batch', got: 'none' });
}
