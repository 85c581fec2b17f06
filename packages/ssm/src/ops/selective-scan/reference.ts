import { softplus } from '@sequitur/core';
import {
  add,
  exp,
  expandDims,
  mul,
  reshape,
  sigmoid,
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
 * The selective scan, the readable reference: Gu and Dao 2023, equations 2 and 4 with the discretisation of section 3.1
 * (zero-order hold for A, Euler for B), step by step. With Δ = softplus(stepSize + stepBias):
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

/** The gradients of the inputs, in the order of `SCAN_INPUTS`. */
type ScanGradients = Tensor[];

/**
 * The gradients of the scan, in reverse order: with g the gradient of the state h after a step and a = exp(Δ A),
 *
 *     g ← g + C dy      dC = h dy      d(Δ x) = B g      dB = Δ x g      d(Δ A) = a h₋₁ g      g ← a g
 */
export function selectiveScanGradientReference(
  tensors: ScanTensors,
  dy: Tensor,
  dFinal: Tensor,
  attributes: ScanAttributes,
): ScanGradients {
  const { x, stateMatrix, skip, inputMatrix } = tensors;
  const [, length, inner] = x.shape as [number, number, number];
  const groups = inputMatrix.shape[2]!;
  const steps = stepsOf(tensors, attributes);
  const { states, decays } = statesOf(tensors, steps);
  const dys = unstack(dy, 1).map((now) => expandDims(now, 2)); // [batch, inner, 1] each
  const [dx, dStep, dInput, dOutput]: [Tensor[], Tensor[], Tensor[], Tensor[]] = [[], [], [], []];
  let dState = dFinal;
  let dStateMatrix: Tensor = mul(stateMatrix, 0);
  for (let t = length - 1; t >= 0; t--) {
    const { x: now, stepSize, input, output } = steps[t]!;
    const delta = expandDims(stepSize, 2); // [batch, inner, 1]
    dState = add(dState, mul(dys[t]!, perChannel(output, inner)));
    dOutput.unshift(perGroup(mul(dys[t]!, states[t + 1]!), groups));
    dInput.unshift(perGroup(mul(dState, mul(delta, expandDims(now, 2))), groups));
    const dProduct = sum(mul(dState, perChannel(input, inner)), 2); // [batch, inner]
    const dExponent = mul(mul(dState, states[t]!), decays[t]!);
    dStateMatrix = add(dStateMatrix, sum(mul(dExponent, delta), 0));
    dStep.unshift(add(sum(mul(dExponent, stateMatrix), 2), mul(dProduct, now)));
    dx.unshift(add(mul(dProduct, stepSize), mul(reshape(dys[t]!, now.shape), skip)));
    dState = mul(dState, decays[t]!);
  }
  const dDelta = stack(dStep, 1);
  const slope = attributes.softplus ? sigmoid(add(tensors.stepSize, tensors.stepBias)) : null;
  const dStepSize = slope ? mul(dDelta, slope) : dDelta;
  return [
    ...[stack(dx, 1), dStepSize, dStateMatrix, stack(dInput, 1), stack(dOutput, 1)],
    ...[sum(mul(dy, x), [0, 1]), sum(dStepSize, [0, 1]), dState],
  ];
}

/** The inputs of one step. */
interface ScanStep {
  readonly x: Tensor; // [batch, inner]
  /** Δ itself. */
  readonly stepSize: Tensor; // [batch, inner]
  readonly input: Tensor; // [batch, groups, state]
  readonly output: Tensor; // [batch, groups, state]
  /** 0 where a sequence begins, else 1; a scalar where there are no resets. */
  readonly keep: Tensor | number; // [batch, 1, 1]
}

function stepsOf(tensors: ScanTensors, { softplus: positive }: ScanAttributes): ScanStep[] {
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

/** [batch, groups, state] -> [batch, inner, state], each group's row repeated for its channels. */
function perChannel(x: Tensor, inner: number): Tensor {
  const [batch, groups, state] = x.shape as [number, number, number];
  if (groups === inner) return x;
  const repeated = tile(reshape(x, [batch * groups, 1, state]), [1, inner / groups, 1]);
  return reshape(repeated, [batch, inner, state]);
}

/** The state before and after each step, and its decay. */
function statesOf({ stateMatrix, initialState, x }: ScanTensors, steps: readonly ScanStep[]) {
  const inner = x.shape[2]!;
  const states: Tensor[] = [initialState];
  const decays = steps.map(({ x: now, stepSize, input, keep }, t) => {
    const decay = mul(exp(mul(expandDims(stepSize, 2), stateMatrix)), keep);
    const entered = mul(expandDims(mul(stepSize, now), 2), perChannel(input, inner));
    states.push(add(mul(decay, states[t]!), entered));
    return decay;
  });
  return { states, decays };
}

/** [batch, inner, state] -> [batch, groups, state]: summed over the channels of a group. */
function perGroup(x: Tensor, groups: number): Tensor {
  const [batch, inner, state] = x.shape as [number, number, number];
  if (groups === inner) return x;
  return reshape(sum(reshape(x, [batch * groups, inner / groups, state]), 1), [batch, groups, state]);
}
