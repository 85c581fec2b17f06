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
import { RunMonitor } from './run-monitor.js';
import type { TrainingResult, TrainingTask } from './training-task.js';

/**
 * Trains the model until the limit, and restores its state of the lowest validation loss. The folder has checkpoints,
 * from which a killed run resumes to the same result, and the learning curve. Ctrl+C ends the run early; it can be
 * resumed. A second Ctrl+C ends the process.
 *
 * @throws SequiturError if the folder has an unfinished run and `resume` is false
 */
export async function runTraining<M extends Module, Batch>(
  model: M,
  task: TrainingTask<M, Batch>,
  options: RunOptions,
): Promise<TrainingResult> {
  const checkpoints = join(options.folder, 'checkpoints');
  const file = new RunFile(checkpoints);
  const asked = 'steps' in options.limit ? options.limit.steps : undefined;
  const resolved = await file.open({ resume: options.resume, steps: asked });
  const { steps, evaluateEvery } = resolved ?? (await planOf(options.limit, model, task));
  await file.write({ steps, evaluateEvery, finished: false });
  const monitor = new RunMonitor(join(checkpoints, 'curve.jsonl'), steps, options.onStep);
  const interrupted = await takeSteps(model, task, { ...options, checkpoints, steps, evaluateEvery, monitor });
  const curve = await monitor.close();
  const validationLoss = await takeBest(model, task, checkpoints, curve);
  await mkdir(options.folder, { recursive: true });
  await curve.draw(join(options.folder, 'learning-curve.svg'), task);
  await file.write({ steps, evaluateEvery, finished: !interrupted });
  if (interrupted) console.log(`Interrupted after ${monitor.step} of ${steps} steps; --resume resumes the run.`);
  console.log(`Learning curve: ${shortPath(join(options.folder, 'learning-curve.svg'))}`);
  const [minutes, processorMinutes] = [monitor.seconds / 60, monitor.processorSeconds / 60];
  return {
    ...{ steps: monitor.step, minutes, processorMinutes, parameters: parameterCount(model) },
    ...{ validationLoss, interrupted },
  };
}

interface Steps extends RunOptions, Plan {
  readonly checkpoints: string;
  readonly monitor: RunMonitor;
}

/** @returns whether the run was interrupted */
async function takeSteps<M extends Module, Batch>(
  model: M,
  task: TrainingTask<M, Batch>,
  { checkpoints, steps, evaluateEvery: every, seed, monitor, signal }: Steps,
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
    for await (const progress of run) await monitor.tell(progress);
    return false;
  } catch (error) {
    if (!ending.signal.aborted) throw error;
    return true;
  } finally {
    ending.done();
    optimizer.dispose();
  }
}

/**
 * Restores the model of the lowest validation loss.
 * @returns the lowest validation loss
 */
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
