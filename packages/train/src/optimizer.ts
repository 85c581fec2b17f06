import type { Parameter } from '@sequitur/core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Schedule } from './schedule.js';

/** Changes parameters by their gradients; what it remembers of each belongs to the parameter's path. */
export interface Optimizer {
  readonly learningRate: Schedule;
  /**
   * @param gradient stays the caller's
   * @param context the step, from 1, and what the gradient is multiplied by first
   */
  update(
    path: string,
    parameter: Parameter,
    gradient: Tensor,
    context: { readonly step: number; readonly scale: number | Scalar },
  ): void;
  /** Frees what the optimizer remembers. */
  dispose(): void;
}
