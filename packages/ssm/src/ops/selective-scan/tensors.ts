import type { OpInputs } from '@sequitur/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Every tensor of a selective scan, defaults filled in; all float32. */
export interface ScanTensors {
  readonly x: Tensor; // [batch, length, inner]
  /** The step size before the bias and softplus. */
  readonly stepSize: Tensor; // [batch, length, inner]
  readonly stateMatrix: Tensor; // [inner, state]
  readonly inputMatrix: Tensor; // [batch, length, groups, state]
  readonly outputMatrix: Tensor; // [batch, length, groups, state]
  readonly skip: Tensor; // [inner]
  readonly stepBias: Tensor; // [inner]
  readonly initialState: Tensor; // [batch, inner, state]
  /** 1 where a sequence begins, else 0. */
  readonly resets?: Tensor; // [batch, length]
}

export function tensorsOf(inputs: OpInputs): ScanTensors {
  return inputs as unknown as ScanTensors & Record<string, Tensor>;
}

export interface ScanAttributes {
  /** Whether softplus is applied to the step size. */
  readonly softplus: boolean;
  /** Steps that the backward pass recomputes at a time: only states between chunks are saved. */
  readonly chunk: number;
  /** Whether the forward pass saves those states. */
  readonly saveStates: boolean;
}

export const SCAN_INPUTS = [
  ...(['x', 'stepSize', 'stateMatrix', 'inputMatrix', 'outputMatrix'] as const),
  ...(['skip', 'stepBias', 'initialState'] as const),
];

/** The sizes that every kernel needs. */
export interface ScanSizes {
  readonly batch: number;
  readonly length: number;
  readonly inner: number;
  readonly state: number;
  readonly groups: number;
  /** States that are saved for the backward pass: one at the start of each chunk except the first. */
  readonly kept: number;
}

export function sizesOf({ x, stateMatrix, inputMatrix }: ScanTensors, { chunk }: { chunk: number }): ScanSizes {
  const [batch, length, inner] = x.shape as [number, number, number];
  const kept = Math.ceil(length / chunk) - 1;
  return { batch, length, inner, state: stateMatrix.shape[1]!, groups: inputMatrix.shape[2]!, kept };
}
