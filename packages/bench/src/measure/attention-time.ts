import { engine } from '@tensorflow/tfjs-core';
import type { Clock } from './clock.js';

/**
 * The time that `compute` spends in attention kernels, forward and backward: this part grows with the visible pairs of
 * tokens, the rest with the tokens. Only for backends whose kernels compute synchronously, so not on a GPU.
 *
 * @returns the time in the unit of the clock
 */
export function attentionTime(compute: () => void, clock: Clock): number {
  const running = engine();
  const original = running.runKernel;
  let [time, inside] = [0, false];
  running.runKernel = function timing(this: unknown, name, inputs, attributes) {
    if (inside || !name.startsWith('SequiturAttention'))
      return original.call(running, name, inputs, attributes) as never;
    inside = true;
    const started = clock();
    try {
      return original.call(running, name, inputs, attributes) as never;
    } finally {
      time += clock() - started;
      inside = false;
    }
  };
  try {
    compute();
    return time;
  } finally {
    running.runKernel = original;
  }
}
