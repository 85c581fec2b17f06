import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Module, parameterCount } from '@sequitur/core';
import { CheckpointStore, evaluate, train } from '@sequitur/train';
import { interruption } from './interruption.js';
import type { LearningCurve } from './learning-curve.js';
import type { RunOptions } from './options.js';
import { type Plan, planOf } from './plan.js';
import { shortPath } from './results.js';
import { RunFile } from './run-file.js';
import { RunWatch } from './run-watch.js';
import type { Learnt, TrainingTask } from './training-task.js';

/**
 * Trains the model until the limit and leaves it as it was at its lowest validation loss. The folder keeps checkpoints,
 * from which a killed run resumes to the same end, and the learning curve. Ctrl+C ends the run early: what was learnt
 * is kept and can be gone on with. A second one ends the process.
 *
 * @throws SequiturError where the folder holds an unfinished run and `resume` is false
 */
export async function learn<M extends Module, Batch>(
  model: M,
  task: TrainingTask<M, Batch>,
  options: RunOptions,
): Promise<Learnt> {
  const checkpoints = join(options.folder, 'checkpoints');
  const file = new RunFile(checkpoints);
  const asked = 'steps' in options.limit ? options.limit.steps : undefined;
  const resolved = await file.open({ resume: options.resume, steps: asked });
  const { steps, evaluateEvery } = resolved ?? (await planOf(options.limit, model, task));
  await file.write({ steps, evaluateEvery, finished: false });
  const watch = new RunWatch(join(checkpoints, 'curve.jsonl'), steps, options.onStep);
  const interrupted = await takeSteps(model, task, { ...options, checkpoints, steps, evaluateEvery, watch });
  const curve = await watch.close();
  const validationLoss = await takeBest(model, task, checkpoints, curve);
  await mkdir(options.folder, { recursive: true });
  await curve.draw(join(options.folder, 'learning-curve.svg'), task);
  await file.write({ steps, evaluateEvery, finished: !interrupted });
  if (interrupted) console.log(`Interrupted after ${watch.step} of ${steps} steps; --resume resumes the run.`);
  console.log(`The learning curve: ${shortPath(join(options.folder, 'learning-curve.svg'))}`);
  const [minutes, processorMinutes] = [watch.seconds / 60, watch.processorSeconds / 60];
  return {
    ...{ steps: watch.step, minutes, processorMinutes, parameters: parameterCount(model) },
    ...{ validationLoss, interrupted },
  };
}

interface Steps extends RunOptions, Plan {
  readonly checkpoints: string;
  readonly watch: RunWatch;
}

/** @returns whether they were interrupted */
async function takeSteps<M extends Module, Batch>(
  model: M,
  task: TrainingTask<M, Batch>,
  { checkpoints, steps, evaluateEvery: every, seed, watch, signal }: Steps,
): Promise<boolean> {
  const { loss, validation, patience, maxGradientNorm, accumulate, tokensOf } = task;
  const optimizer = task.optimizer(steps);
  const ending = interruption(signal);
  const run = train(model, task.data(), {
    ...{ optimizer, loss, steps, maxGradientNorm, accumulate, tokensOf, seed, signal: ending.signal },
    evaluation: { data: () => validation, every, loss: task.validationLoss, patience },
    checkpoints: { folder: checkpoints, every: Math.ceil(every / 2), keep: 2 },
  });
  try {
    for await (const progress of run) await watch.tell(progress);
    return false;
  } catch (error) {
    if (!ending.signal.aborted) throw error;
    return true;
  } finally {
    ending.done();
    optimizer.dispose();
  }
}

/** Leaves the model as it is where that is best, else as it was then. @returns its validation loss */
async function takeBest<M extends Module, Batch>(
  model: M,
  { loss, validationLoss = loss, validation }: TrainingTask<M, Batch>,
  checkpoints: string,
  { points }: LearningCurve,
): Promise<number> {
  const last = points.at(-1)?.validationLoss ?? (await evaluate(model, validation, validationLoss));
  const best = Math.min(...points.map((point) => point.validationLoss ?? Infinity));
  if (last <= best) return last;
  const store = await CheckpointStore.open(checkpoints);
  await store.load(model, null, 'best');
  return best;
}
