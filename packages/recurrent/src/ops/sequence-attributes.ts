import { engine } from '@tensorflow/tfjs-core';

/** Whether an op over a sequence keeps what its backward needs. */
export interface SequenceAttributes {
  readonly remember: boolean;
}

/** Keeps it where a gradient may be asked for. */
export function sequenceAttributes(): SequenceAttributes {
  return { remember: engine().state.gradientDepth > 0 };
}
