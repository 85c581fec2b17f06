import { type CausalModel, Random, SequiturError } from '@sequitur/core';
import { dispose } from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.js';
import { nextTokenLoss, type TokenBatch, trainStep } from './train-step.js';

export interface TrainOptions {
  readonly optimizer: Optimizer;
  /** How many steps; default until the data end. */
  readonly steps?: number;
  /** Gradients together are at most this long; default 1. */
  readonly clip?: number;
  /** Of dropout; default 0. */
  readonly seed?: number | string;
  readonly evaluation?: {
    /** Fresh batches for every evaluation. */
    readonly data: () => Iterable<TokenBatch>;
    /** After how many steps. */
    readonly every: number;
  };
  readonly signal?: AbortSignal | undefined;
}

/** How a step of training went. */
export interface TrainProgress {
  /** Counted from 1. */
  readonly step: number;
  /** Mean cross-entropy of the batch before the update, in nats per token. */
  readonly loss: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
  /** Of this step. */
  readonly tokensPerSecond: number;
  /** Where this step was followed by an evaluation. */
  readonly validationLoss?: number;
}

/**
 * Trains a causal model to foretell the next token, and tells after every step how it went. Whoever leaves the loop
 * stops the training; the model keeps what it has learnt.
 *
 * @throws SequiturError when the loss is no longer a number
 */
export async function* train(
  model: CausalModel,
  data: Iterable<TokenBatch> | AsyncIterable<TokenBatch>,
  { optimizer, steps = Infinity, clip = 1, seed = 0, evaluation, signal }: TrainOptions,
): AsyncGenerator<TrainProgress> {
  const random = Random.fromSeed(seed);
  let step = 0;
  for await (const batch of data) {
    if (step >= steps) return;
    signal?.throwIfAborted();
    step++;
    const started = performance.now();
    const context = { random: random.fork(`step ${step}`) };
    const result = trainStep(model, () => nextTokenLoss(model, batch, context), optimizer, { step, clip });
    const [[loss], [gradientNorm]] = await Promise.all([result.loss.data(), result.gradientNorm.data()]);
    dispose([result.loss, result.gradientNorm]);
    const tokens = batch.inputs.reduce((count, row) => count + row.length, 0);
    const tokensPerSecond = (1000 * tokens) / (performance.now() - started);
    if (!Number.isFinite(loss)) throw diverged(step, loss!);
    const evaluated = evaluation && step % evaluation.every === 0;
    yield {
      step,
      loss: loss!,
      gradientNorm: gradientNorm!,
      learningRate: optimizer.learningRate(step),
      tokensPerSecond,
      ...(evaluated && { validationLoss: await evaluate(model, evaluation.data()) }),
    };
  }
}

/** The mean loss over all tokens of the batches, in nats, without dropout. */
export async function evaluate(model: CausalModel, data: Iterable<TokenBatch>): Promise<number> {
  let [total, batches] = [0, 0];
  for (const batch of data) {
    const loss = nextTokenLoss(model, batch);
    total += (await loss.data())[0]!;
    loss.dispose();
    batches++;
  }
  if (batches > 0) return total / batches;
  throw new SequiturError({ where: 'evaluate', expected: 'at least one batch', got: 'none' });
}

function diverged(step: number, loss: number): SequiturError {
  return new SequiturError({
    where: `training, step ${step}`,
    expected: 'a finite loss',
    got: String(loss),
    fix: 'Use a smaller learning rate or a longer warm-up',
  });
}
