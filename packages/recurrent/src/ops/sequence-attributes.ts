import { engine } from '@tensorflow/tfjs-core';

/** Whether an op over a sequence saves the values for its backward pass. */
export interface SequenceAttributes {
  readonly saveStates: boolean;
}

/** The attributes of a call: values are saved where a gradient may be requested. */
export function sequenceAttributes(): SequenceAttributes {
  return { saveStates: engine().state.gradientDepth > 0 };
}
