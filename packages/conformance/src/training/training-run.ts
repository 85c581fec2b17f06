import { type Optimizer, trainStep } from '@sequitur/train';
import { dispose, type Scalar } from '@tensorflow/tfjs-core';
import type { Labels, ModelInputs } from '../models/model-under-test.js';
import type { OpenedModel } from './opened-model.js';

/** Training data: the same batch in every step. */
export interface TrainingInputs {
  readonly inputs: ModelInputs;
  readonly labels: Labels;
}

/** Results of a training run. */
export interface TrainingRun {
  /** Loss before each step. */
  readonly losses: readonly number[];
  readonly gradientNorms: readonly number[];
  /** After the last step. */
  readonly finalLoss: number;
}

/** Gradient clipping norm of every run. */
const MAX_GRADIENT_NORM = 1;

/** Trains the model for a number of steps. */
export async function runTraining(
  { model, forward }: OpenedModel,
  { inputs, labels }: TrainingInputs,
  optimizer: Optimizer,
  steps: number,
): Promise<TrainingRun> {
  const loss = () => {
    const { loss: value, ...others } = forward(inputs, labels, false);
    dispose(others);
    return value as Scalar;
  };
  const losses: number[] = [];
  const gradientNorms: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const result = trainStep(model, loss, optimizer, { step, maxGradientNorm: MAX_GRADIENT_NORM });
    const [[value], [norm]] = await Promise.all([result.loss.data(), result.gradientNorm.data()]);
    dispose([result.loss, result.gradientNorm]);
    losses.push(value!);
    gradientNorms.push(norm!);
  }
  const last = loss();
  const [finalLoss] = await last.data();
  last.dispose();
  return { losses, gradientNorms, finalLoss: finalLoss! };
}
