import {
  abs,
  add,
  exp,
  leakyRelu as leakyReluOf,
  log1p,
  mul,
  neg,
  relu as reluOf,
  sigmoid as sigmoidOf,
  square,
  type Tensor,
  tanh as tanhOf,
  tidy,
} from '@tensorflow/tfjs-core';
import { clip } from '../clip.js';
import { defineOp } from '../define-op.js';
import { expectTensor } from '../expect-tensor.js';
import { onWebGpu } from '../on-webgpu.js';
import { activationCpu } from './cpu.js';
import { activationGradient } from './gradient.js';
import { type ActivationAttributes, activationReference } from './reference.js';
import { activationWasm } from './wasm.js';

/** {x} -> [activation(x)], for those that have kernels. */
const activationOp = defineOp<ActivationAttributes>({
  name: 'SequiturActivation',
  reference: ({ x }, attributes) => [activationReference(x!, attributes)],
  gradient: {
    inputsToSave: ['x'],
    of: ([dy], [x], attributes) => ({ x: () => activationGradient({ x: x!, dy: dy! }, attributes)[0]! }),
  },
  kernels: { cpu: activationCpu, wasm: activationWasm, webgpu: onWebGpu(({ activationWebGpu }) => activationWebGpu) },
});

/** An elementwise activation function: float32 of any shape -> the same shape, which the caller disposes. */
export type ActivationFunction = <T extends Tensor>(x: T) => T;

/** x Φ(x), with the normal distribution function Φ (Hendrycks and Gimpel 2016, section 2). BERT's and ViT's `gelu`. */
export const gelu: ActivationFunction = (x) => run('gelu', x, (z) => activationOp({ x: z }, { kind: 'gelu' })[0]!);

/** The tanh form of gelu (Hendrycks and Gimpel 2016, section 2): `gelu_new` and `gelu_pytorch_tanh` of checkpoints. */
export const geluTanh: ActivationFunction = (x) =>
  run('geluTanh', x, (z) => activationOp({ x: z }, { kind: 'geluTanh' })[0]!);

/** x σ(1.702 x) (Hendrycks and Gimpel 2016, section 2), the `quick_gelu` of CLIP. */
export const quickGelu: ActivationFunction = (x) => run('quickGelu', x, (z) => mul(z, sigmoidOf(mul(z, 1.702))));

/** gelu clipped to [-10, 10], the `gelu_10` of checkpoints to be quantized to 8 bits. */
export const gelu10: ActivationFunction = (x) => run('gelu10', x, (z) => clip(gelu(z), -10, 10));

/** max(x, 0) (Nair and Hinton 2010). */
export const relu: ActivationFunction = (x) => run('relu', x, (z) => activationOp({ x: z }, { kind: 'relu' })[0]!);

/** max(x, 0)² (So et al. 2021, "Primer", section 4.1). */
export const reluSquared: ActivationFunction = (x) => run('reluSquared', x, (z) => square(relu(z)));

/** min(max(x, 0), 6) (Krizhevsky 2010). */
export const relu6: ActivationFunction = (x) => run('relu6', x, (z) => clip(z, 0, 6));

/** x where x > 0, else 0.01 x (Maas, Hannun and Ng 2013). */
export const leakyRelu: ActivationFunction = (x) => run('leakyRelu', x, (z) => leakyReluOf(z, 0.01));

/** x σ(x) (Hendrycks and Gimpel 2016, section 2), also called swish (Ramachandran et al. 2017). */
export const silu: ActivationFunction = (x) => run('silu', x, (z) => activationOp({ x: z }, { kind: 'silu' })[0]!);

/** x tanh(softplus(x)) (Misra 2019, equation 1). */
export const mish: ActivationFunction = (x) => run('mish', x, (z) => mul(z, tanhOf(softplus(z))));

/** log(1 + exp(x)), as max(x, 0) + log(1 + exp(-|x|)), which never overflows. */
export const softplus: ActivationFunction = (x) => run('softplus', x, (z) => add(reluOf(z), log1p(exp(neg(abs(z))))));

export const tanh: ActivationFunction = (x) => run('tanh', x, (z) => tanhOf(z));

/** 1 / (1 + exp(-x)) */
export const sigmoid: ActivationFunction = (x) => run('sigmoid', x, (z) => sigmoidOf(z));

/** The identity. */
export const identity: ActivationFunction = (x) => run('identity', x, (z) => z.clone());

function run<T extends Tensor>(name: string, x: T, activation: (x: Tensor) => Tensor): T {
  expectTensor(`${name}, x`, x);
  return tidy(() => activation(x)) as T;
}
