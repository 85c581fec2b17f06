import { dispose, type Scalar, scalar, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { expectNumber, expectTensor } from '../expect-tensor.js';
import { webGpuKernels } from '../on-webgpu.js';
import { type AdamWOptions, adamWCoefficients } from './coefficients.js';
import { adamWInPlaceCpu } from './cpu.js';
import { adamWReference } from './reference.js';
import { adamWInPlaceWasm } from './wasm.js';

export type { AdamWOptions } from './coefficients.js';

const adamWInPlaceWebGpu: typeof adamWInPlaceWasm = (...step) =>
  webGpuKernels.kernels()?.adamWInPlaceWebGpu(...step) ?? false;

/** One implementation for each backend; each declines (false) on the others. */
const IN_PLACE = [adamWInPlaceCpu, adamWInPlaceWasm, adamWInPlaceWebGpu];

export interface AdamWStep extends AdamWOptions {
  /** float32 of any shape; updated by the step. */
  readonly parameter: Variable;
  /** float32, the shape of `parameter`; remains owned by the caller. */
  readonly gradient: Tensor;
  /** m, the running mean of the gradient; zeros before step 1; updated by the step. */
  readonly firstMoment: Variable;
  /** v, the running mean of the squared gradient; zeros before step 1; updated by the step. */
  readonly secondMoment: Variable;
  /** The factor of the gradient, for clipping: a number, or a scalar tensor. Default 1. */
  readonly scale?: number | Scalar;
}

/**
 * One step of AdamW (Loshchilov and Hutter 2019, algorithm 2; the arithmetic of torch.optim.AdamW) on one parameter.
 * The three variables are updated in place; tensors cloned from them keep their values.
 *
 * @throws SequiturError when a shape, dtype or coefficient is invalid
 */
export function adamWStep(options: AdamWStep): void {
  const { parameter, gradient, firstMoment, secondMoment, scale = 1 } = options;
  check(options);
  const coefficients = adamWCoefficients(options);
  const moments = { parameter, firstMoment, secondMoment };
  if (IN_PLACE.some((step) => step(moments, gradient, scale, coefficients))) return;
  const factor = typeof scale === 'number' ? scalar(scale) : scale;
  const next = adamWReference(moments, gradient, factor, coefficients);
  parameter.assign(next.parameter);
  firstMoment.assign(next.firstMoment);
  secondMoment.assign(next.secondMoment);
  dispose(Object.values(next));
  if (factor !== scale) dispose(factor);
}

function check({ parameter, gradient, firstMoment, secondMoment, scale, ...options }: AdamWStep): void {
  const { shape } = parameter;
  expectTensor('adamWStep, parameter', parameter);
  expectTensor('adamWStep, gradient', gradient, { shape });
  expectTensor('adamWStep, firstMoment', firstMoment, { shape });
  expectTensor('adamWStep, secondMoment', secondMoment, { shape });
  if (scale && typeof scale !== 'number') expectTensor('adamWStep, scale', scale, { shape: [] });
  expectNumber('adamWStep, beta1', options.beta1, 'a number in [0, 1)', (value) => value >= 0 && value < 1);
  expectNumber('adamWStep, beta2', options.beta2, 'a number in [0, 1)', (value) => value >= 0 && value < 1);
  expectNumber('adamWStep, step', options.step, 'an integer of at least 1', (t) => Number.isInteger(t) && t >= 1);
  for (const name of ['learningRate', 'epsilon', 'weightDecay'] as const) {
    expectNumber(`adamWStep, ${name}`, options[name], 'a finite number of at least 0', (x) => x >= 0 && x < Infinity);
  }
}
