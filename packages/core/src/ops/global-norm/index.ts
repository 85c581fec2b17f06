import { add, div, type Scalar, scalar, sqrt, stack, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { clip } from '../clip.js';
import { defineOp } from '../define-op.js';
import { expectNumber, expectTensor } from '../expect-tensor.js';
import { onWebGpu } from '../on-webgpu.js';
import { squaredSumCpu } from './cpu.js';
import { squaredSumReference } from './reference.js';
import { squaredSumWasm } from './wasm.js';

const squaredSumOp = defineOp<object>({
  name: 'SequiturSquaredSum',
  reference: ({ x }) => [squaredSumReference(x!)],
  kernels: { cpu: squaredSumCpu, wasm: squaredSumWasm, webgpu: onWebGpu(({ squaredSumWebGpu }) => squaredSumWebGpu) },
});

/** The sum of squares of a float32 tensor, as a scalar that the caller disposes. Not differentiable. */
export function squaredSum(x: Tensor): Scalar {
  expectTensor('squaredSum, x', x);
  return squaredSumOp({ x }, {})[0] as Scalar;
}

/** The global norm of all tensors, as a scalar that the caller disposes; 0 for no tensors. */
export function globalNorm(tensors: readonly Tensor[]): Scalar {
  // Not addN: its WebGPU kernel binds all inputs at once, which may be too many.
  return tidy(() => (tensors.length ? (sqrt(sum(stack(tensors.map(squaredSum)))) as Scalar) : scalar(0)));
}

/**
 * The factor that clips gradients to the global norm `maximum` (Pascanu, Mikolov and Bengio 2013, section 3.2; the 1e-6
 * is PyTorch's `clip_grad_norm_`): min(1, maximum / (norm + 1e-6)). The caller disposes it.
 */
export function clippingScale(norm: Scalar, maximum: number): Scalar {
  expectNumber('clippingScale, maximum', maximum, 'a number above 0', (value) => value > 0);
  return tidy(() => clip(div(maximum, add(norm, 1e-6)) as Scalar, 0, 1));
}
