import { defineOp, expectNumber, expectTensor, SequiturError, scoped, showShape } from '@sequitur/core';
import { engine, type Tensor, type Tensor2D, type Tensor3D, zeros } from '@tensorflow/tfjs-core';
import { onWebGpu } from '../on-webgpu.js';
import { scanCpu } from './cpu.js';
import { scanGradient } from './gradient.js';
import { inGroups, regrouped } from './groups.js';
import { selectiveScanReference } from './reference.js';
import { SCAN_INPUTS, type ScanAttributes, type ScanTensors, tensorsOf } from './tensors.js';
import { scanWasm } from './wasm/index.js';

/** {x, stepSize, ..., initialState} -> [y, the last state, the states saved for the backward pass]. */
const scanOp = define('SequiturSelectiveScan', SCAN_INPUTS);
/** The same op with `resets`. */
const packedScanOp = define('SequiturPackedSelectiveScan', [...SCAN_INPUTS, 'resets']);

function define(name: string, inputs: readonly string[]) {
  return defineOp<ScanAttributes>({
    name,
    reference: (given, attributes) => [...selectiveScanReference(tensorsOf(given), attributes), zeros([0])],
    gradient: {
      inputsToSave: inputs,
      outputsToSave: [false, false, true],
      of: ([dy, dFinal], saved, attributes) => {
        const given = Object.fromEntries(inputs.map((input, index) => [input, saved[index]!]));
        const between = saved.at(-1)!;
        const gradients = scanGradient({ ...given, between, dy: dy!, dFinal: dFinal! }, attributes);
        return Object.fromEntries(SCAN_INPUTS.map((input, index) => [input, () => gradients[index]!]));
      },
    },
    kernels: { cpu: scanCpu, wasm: scanWasm, webgpu: onWebGpu(({ scanWebGpu }) => scanWebGpu) },
  });
}

/** Steps that the backward pass recomputes at a time. */
const CHUNK_LENGTH = 64;

export interface SelectiveScan {
  /** float32 [batch, length, inner]: the input. */
  readonly x: Tensor3D;
  /** Δ, float32 [batch, length, inner]: the step size, before `stepBias` and softplus. */
  readonly stepSize: Tensor3D;
  /** A, float32 [inner, state]: negative decay rates. */
  readonly stateMatrix: Tensor2D;
  /** B, float32 [batch, length, state], or [batch, length, groups, state] with groups, or fixed: [inner, state]. */
  readonly inputMatrix: Tensor;
  /** C, of the same shapes as `inputMatrix`. */
  readonly outputMatrix: Tensor;
  /** D, float32 [inner]: factor of the skip connection from x. Default 0. */
  readonly skip?: Tensor | undefined;
  /** float32 [inner], added to the step size. Default 0. */
  readonly stepBias?: Tensor | undefined;
  /** float32 [batch, inner, state]; default 0. */
  readonly initialState?: Tensor3D | undefined;
  /**
   * float32 [batch, length], 1 at the first position of each packed sequence, which starts from an empty state, else 0.
   */
  readonly resets?: Tensor2D | undefined;
}

export interface SelectiveScanOptions {
  /** Whether Δ = softplus(stepSize + stepBias) or the plain sum. Default true. */
  readonly softplus?: boolean;
  /** Steps that the backward pass recomputes at a time; does not affect the result. Default 64. */
  readonly chunkLength?: number;
}

/**
 * The selective scan of Mamba (Gu and Dao 2023, algorithm 2): a linear recurrence of inner × state elements, whose step
 * size, input and output matrices depend on the position,
 *
 *     h ← exp(Δ A) h + Δ B x        y = C h + D x
 *
 * Time is linear in the length. The backward pass saves one state per chunk and recomputes the others.
 *
 * @returns y [batch, length, inner] and the state after the last step [batch, inner, state], which the caller disposes
 * @throws SequiturError when a shape, dtype or option does not match
 */
export function selectiveScan(
  scan: SelectiveScan,
  options: SelectiveScanOptions = {},
): { y: Tensor3D; state: Tensor3D } {
  const { softplus = true, chunkLength = CHUNK_LENGTH } = options;
  expectNumber(
    'selectiveScan, chunkLength',
    chunkLength,
    'an integer of at least 1',
    (n) => Number.isInteger(n) && n >= 1,
  );
  check(scan);
  return scoped(() => {
    const tensors = resolve(scan);
    const attributes = { softplus, chunk: chunkLength, saveStates: engine().state.gradientDepth > 0 };
    const run = tensors.resets ? packedScanOp : scanOp;
    const [y, state] = run({ ...tensors }, attributes) as [Tensor3D, Tensor3D];
    return { y, state };
  });
}

function resolve(scan: SelectiveScan): ScanTensors {
  const { x, stepSize, stateMatrix, resets } = scan;
  const [batch, , inner] = x.shape;
  const [input, output] = [inGroups(scan.inputMatrix, x), inGroups(scan.outputMatrix, x)];
  const groups = Math.max(input.shape[2]!, output.shape[2]!);
  return {
    x,
    stepSize,
    stateMatrix,
    inputMatrix: regrouped(input, groups),
    outputMatrix: regrouped(output, groups),
    skip: scan.skip ?? zeros([inner]),
    stepBias: scan.stepBias ?? zeros([inner]),
    initialState: scan.initialState ?? zeros([batch, inner, stateMatrix.shape[1]]),
    ...(resets && { resets }),
  };
}

function check(scan: SelectiveScan): void {
  const { x, stepSize, stateMatrix, skip, stepBias, initialState, resets } = scan;
  if (x.rank !== 3) throw misshapen('x', '[batch, length, inner]', x);
  const [batch, length, inner] = x.shape;
  expectTensor('selectiveScan, x', x);
  expectTensor('selectiveScan, stepSize', stepSize, { shape: x.shape });
  if (stateMatrix.rank !== 2) throw misshapen('stateMatrix', `[${inner}, state]`, stateMatrix);
  const state = stateMatrix.shape[1];
  expectTensor('selectiveScan, stateMatrix', stateMatrix, { shape: [inner, state] });
  for (const name of ['inputMatrix', 'outputMatrix'] as const) {
    const matrix = scan[name];
    const groups = matrix.rank === 4 ? matrix.shape[2]! : 1;
    const shape = matrix.rank === 2 ? [inner, state] : [batch, length, ...(matrix.rank === 4 ? [groups] : []), state];
    expectTensor(`selectiveScan, ${name}`, matrix, { shape });
    if (inner % groups !== 0) throw misshapen(name, `groups that divide the inner width ${inner}`, matrix);
  }
  if (skip) expectTensor('selectiveScan, skip', skip, { shape: [inner] });
  if (stepBias) expectTensor('selectiveScan, stepBias', stepBias, { shape: [inner] });
  if (initialState) expectTensor('selectiveScan, initialState', initialState, { shape: [batch, inner, state] });
  if (resets) expectTensor('selectiveScan, resets', resets, { shape: [batch, length] });
}

function misshapen(name: string, expected: string, { shape }: Tensor): SequiturError {
  return new SequiturError({ where: `selectiveScan, ${name}`, expected, got: showShape(shape) });
}
