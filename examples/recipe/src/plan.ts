import type { Module } from '@sequitur/core';
import { adamW, evaluate, train } from '@sequitur/train';
import type { Limit } from './options.js';
import type { TrainingTask } from './training-task.js';

/** Steps for compilation and warm-up, which are not timed. */
const WARM_UP_STEPS = 3;
const SHARE_OF_TRIAL = 0.03;
const LONGEST_TRIAL = 20;

/** Largest fraction of the time for evaluations, unless fewer than two would be left. */
const SHARE_OF_EVALUATION = 0.1;

export interface Plan {
  readonly steps: number;
  /** Number of steps between evaluations; the last step is evaluated if there are several. */
  readonly evaluateEvery: number;
}

/**
 * Plans a run: the given number of steps, or the number that fits into the time, by a trial that does not change the
 * model. Afterwards the run does not depend on time, so that it can be repeated and resumed.
 */
export async function planOf<M extends Module, Batch>(
  limit: Limit,
  model: M,
  task: TrainingTask<M, Batch>,
): Promise<Plan> {
  const { loss, validationLoss = loss, validation, evaluations = 20 } = task;
  if ('steps' in limit) return { steps: limit.steps, evaluateEvery: Math.ceil(limit.steps / evaluations) };
  const began = performance.now();
  const perStep = await secondsPerStep(model, task, Math.min(LONGEST_TRIAL, limit.seconds * SHARE_OF_TRIAL));
  const perEvaluation = await seconds(() => evaluate(model, validation, validationLoss));
  const affordable = Math.floor((limit.seconds * SHARE_OF_EVALUATION) / perEvaluation);
  const count = Math.max(2, Math.min(evaluations, affordable));
  const left = limit.seconds - secondsSince(began) - count * perEvaluation;
  const evaluateEvery = Math.max(1, Math.floor(left / perStep / count));
  return { steps: count * evaluateEvery, evaluateEvery };
}

async function secondsPerStep<M extends Module, Batch>(
  model: M,
  { loss, data, accumulate }: TrainingTask<M, Batch>,
  longest: number,
): Promise<number> {
  // With a learning rate of 0 the model does not change, and the work is the same.
  const optimizer = adamW({ learningRate: 0 });
  let began = performance.now();
  try {
    for await (const { step } of train(model, data(), { optimizer, loss, accumulate })) {
      if (step === WARM_UP_STEPS) began = performance.now();
      else if (step > WARM_UP_STEPS && secondsSince(began) > longest)
        return secondsSince(began) / (step - WARM_UP_STEPS);
    }
    return secondsSince(began) / WARM_UP_STEPS;
  } finally {
    optimizer.dispose();
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return secondsSince(began);
}

function secondsSince(moment: number): number {
  return (performance.now() - moment) / 1000;
}
