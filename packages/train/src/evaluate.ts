import { type CausalModel, type Module, SequiturError } from '@sequitur/core';
import { type LossFunction, nextTokenLoss, type TokenBatch } from './losses.js';

/**
 * The mean loss over the batches, without dropout; by default that of the next token, in nats.
 *
 * @throws SequiturError when there is no batch
 */
export async function evaluate(model: CausalModel, data: Iterable<TokenBatch>): Promise<number>;
export async function evaluate<M extends Module, Batch>(
  model: M,
  data: Iterable<Batch>,
  loss: LossFunction<M, Batch>,
): Promise<number>;
export async function evaluate<M extends Module, Batch>(
  model: M,
  data: Iterable<Batch>,
  loss = nextTokenLoss as unknown as LossFunction<M, Batch>,
): Promise<number> {
  let [total, batches] = [0, 0];
  for (const batch of data) {
    const value = loss(model, batch, {});
    total += (await value.data())[0]!;
    value.dispose();
    batches++;
  }
  if (batches > 0) return total / batches;
  throw new SequiturError({ where: 'evaluate', expected: 'at least one batch', got: 'none' });
}
