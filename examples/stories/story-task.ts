import type { TrainingTask } from '@sequitur/recipe';
import { consecutiveWindows, shuffledWindows, type WindowBatch } from '@sequitur/text';
import { adamW, nextTokenLoss, warmUpThenLinear } from '@sequitur/train';
import { CONTEXT, type StoryModel } from './architectures.js';

export const WINDOW = { length: CONTEXT, batchSize: 8 };

/** Number of validation windows. */
const HELD_OUT = 96;

export interface StoryTaskOptions {
  readonly training: Int32Array;
  readonly validation: Int32Array;
  readonly peak: number;
  readonly seed: string;
}

/**
 * Next-token prediction on windows that are never repeated. The learning rate warms up and decays to 0, which for short
 * training is better than a decay to a tenth (Bergsma et al. 2025).
 */
export function storyTask({
  training,
  validation,
  peak,
  seed,
}: StoryTaskOptions): TrainingTask<StoryModel, WindowBatch> {
  const heldOut = [...consecutiveWindows(validation, WINDOW)];
  const every = Math.max(1, Math.floor((heldOut.length * WINDOW.batchSize) / HELD_OUT));
  return {
    ...{ title: 'Stories', unit: 'nats per token', loss: nextTokenLoss },
    data: () => shuffledWindows(training, { ...WINDOW, seed }),
    validation: heldOut.filter((_, index) => index % every === 0),
    optimizer: (steps) =>
      adamW({
        learningRate: warmUpThenLinear({ peak, warmUp: Math.min(200, Math.ceil(steps / 10)), steps }),
        ...{ beta2: 0.98, weightDecay: 0.1 },
      }),
  };
}
