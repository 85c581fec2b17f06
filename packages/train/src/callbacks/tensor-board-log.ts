import { checkOptions, option, optionsOf } from '@sequitur/core';
import { openEventFile } from '#platform';
import type { LogFile } from '../platform/log-file.js';
import type { TrainProgress } from '../train-progress.js';
import type { TrainCallbacks } from './callbacks.js';
import { recordOf } from './event-records.js';
import { logPlace } from './log-place.js';

export interface TensorBoardLogOptions {
  /** The folder of the run (Node), to which a file is added; or an object that reads and writes the file. */
  readonly folder: string | LogFile;
  /** Steps between events, besides those of evaluations; default 1. */
  readonly every?: number | undefined;
}

const tensorBoardOptions = optionsOf<TensorBoardLogOptions>({ folder: logPlace, every: option.optional(option.count) });

/**
 * Writes the progress as events for TensorBoard: `tensorboard --logdir <folder above the runs>`. A resumed run adds a file
 * whose start voids the later steps of earlier ones, since they are taken again.
 */
export function tensorBoardLog(options: TensorBoardLogOptions): TrainCallbacks {
  const { folder, every = 1 } = checkOptions('tensorBoardLog', tensorBoardOptions, options);
  let file: LogFile;
  const wallTime = () => Date.now() / 1000;
  return {
    onStart: async ({ step }) => {
      file = typeof folder === 'string' ? openEventFile(folder) : folder;
      await file.replace(recordOf({ wallTime: wallTime(), step: 0, fileVersion: 'brain.Event:2' }));
      await file.append(recordOf({ wallTime: wallTime(), step: step + 1, isStart: true }));
    },
    onStep: async (progress) => {
      const { step, validationLoss } = progress;
      const scalars = {
        ...(step % every === 0 && trainingScalars(progress)),
        ...(validationLoss !== undefined && { 'validation/loss': validationLoss }),
      };
      if (Object.keys(scalars).length) await file.append(recordOf({ wallTime: wallTime(), step, scalars }));
    },
  };
}

function trainingScalars({ loss, gradientNorm, learningRate, tokensPerSecond }: TrainProgress) {
  return {
    'train/loss': loss,
    'train/gradientNorm': gradientNorm,
    'train/learningRate': learningRate,
    'train/tokensPerSecond': tokensPerSecond,
  };
}
