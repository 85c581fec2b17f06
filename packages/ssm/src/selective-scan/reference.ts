import { softplus } from '@sequitur/core';
import {
  add,
  exp,
  expandDims,
  mul,
  reshape,
  stack,
  sub,
  sum,
  type Tensor,
  tidy,
  tile,
  unstack,
} from '@tensorflow/tfjs-core';
import type { ScanAttributes, ScanTensors } from './tensors.js';

/**
 * Gu and Dao 2023, equations 2 and 4 with the discretisation of section 3.1 (zero-order hold for A, Euler for B), one
 * step after the other. With Δ = softplus(stepSize + stepBias):
 *
 *     h ← exp(Δ A) h + Δ B x        y = C h + D x
 *
 * @returns [y [batch, length, inner], the last h [batch, inner, state]]
 */
export function selectiveScanReference(tensors: ScanTensors, attributes: ScanAttributes): [Tensor, Tensor] {
  const { x, stateMatrix, skip, initialState } = tensors;
  return tidy(() => {
    const inner = x.shape[2]!;
    const steps = stepsOf(tensors, attributes);
    let state = initialState; // [batch, inner, state]
    const outputs = steps.map(({ x: now, stepSize, input, output, keep }) => {
      const decay = mul(exp(mul(expandDims(stepSize, 2), stateMatrix)), keep);
      state = add(mul(decay, state), mul(expandDims(mul(stepSize, now), 2), perChannel(input, inner)));
      return add(sum(mul(state, perChannel(output, inner)), 2), mul(now, skip)); // [batch, inner]
    });
    return [stack(outputs, 1), state.clone()] as [Tensor, Tensor] & Tensor[];
  });
}

/** What one step sees. */
export interface ScanStep {
  readonly x: Tensor; // [batch, inner]
  /** Δ itself. */
  readonly stepSize: Tensor; // [batch, inner]
  readonly input: Tensor; // [batch, groups, state]
  readonly output: Tensor; // [batch, groups, state]
  /** 0 where the state before is forgotten, else 1; a number where no sequence begins. */
  readonly keep: Tensor | number; // [batch, 1, 1]
}

export function stepsOf(tensors: ScanTensors, { softplus: positive }: ScanAttributes): ScanStep[] {
  const { x, inputMatrix, outputMatrix, resets } = tensors;
  const shifted = add(tensors.stepSize, tensors.stepBias);
  const stepSizes = unstack(positive ? softplus(shifted) : shifted, 1);
  const [inputs, outputs] = [unstack(inputMatrix, 1), unstack(outputMatrix, 1)];
  const keeps = resets && unstack(sub(1, reshape(resets, [...resets.shape, 1, 1])), 1);
  return unstack(x, 1).map((now, t) => ({
    x: now,
    stepSize: stepSizes[t]!,
    input: inputs[t]!,
    output: outputs[t]!,
    keep: keeps ? keeps[t]! : 1,
  }));
}

/** [batch, groups, state] -> [batch, inner, state], each group's row for the neighbouring channels that share it. */
export function perChannel(x: Tensor, inner: number): Tensor {
  const [batch, groups, state] = x.shape as [number, number, number];
  if (groups === inner) return x;
  const repeated = tile(reshape(x, [batch * groups, 1, state]), [1, inner / groups, 1]);
  return reshape(repeated, [batch, inner, state]);
}
