import type { Module } from '@sequitur/core';
import { adamW, evaluate, train } from '@sequitur/train';
import type { Lesson } from './lesson.js';
import type { Limit } from './options.js';

/** Steps that compile and warm up, and say nothing of the speed. */
const WARM_UP_STEPS = 3;
const SHARE_OF_TRIAL = 0.03;
const LONGEST_TRIAL = 20;

/**
 * How many steps a run has: as many as asked for, or as many as fit into the time, found out by a trial that leaves the
 * model as it is. From here on time plays no part, so that the run can be repeated and gone on with.
 */
export async function stepsWithin<M extends Module, Batch>(
  limit: Limit,
  model: M,
  lesson: Lesson<M, Batch>,
): Promise<number> {
  if ('steps' in limit) return limit.steps;
  const { loss, validationLoss = loss, validation, evaluations = 20 } = lesson;
  const began = performance.now();
  const perStep = await secondsPerStep(model, lesson, Math.min(LONGEST_TRIAL, limit.seconds * SHARE_OF_TRIAL));
  const [perEvaluation] = await timed(() => evaluate(model, validation, validationLoss));
  const left = limit.seconds - secondsSince(began) - evaluations * perEvaluation;
  const steps = Math.max(1, Math.floor(left / perStep));
  return steps > evaluations ? steps - (steps % evaluations) : steps;
}

async function secondsPerStep<M extends Module, Batch>(
  model: M,
  { loss, data, accumulate }: Lesson<M, Batch>,
  seconds: number,
): Promise<number> {
  // At a rate of 0 nothing is learnt, and the work is the same.
  const optimizer = adamW({ learningRate: 0 });
  let began = performance.now();
  try {
    for await (const { step } of train(model, data(), { optimizer, loss, accumulate })) {
      if (step === WARM_UP_STEPS) began = performance.now();
      else if (step > WARM_UP_STEPS && secondsSince(began) > seconds)
        return secondsSince(began) / (step - WARM_UP_STEPS);
    }
    return secondsSince(began) / WARM_UP_STEPS;
  } finally {
    optimizer.dispose();
  }
}

async function timed<T>(work: () => Promise<T>): Promise<[seconds: number, result: T]> {
  const began = performance.now();
  const result = await work();
  return [secondsSince(began), result];
}

function secondsSince(moment: number): number {
  return (performance.now() - moment) / 1000;
}
