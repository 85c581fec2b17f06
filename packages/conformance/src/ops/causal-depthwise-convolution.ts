import { activationByName } from '@sequitur/core';
import { causalConvolution } from '@sequitur/ssm';
import { type Tensor2D, type Tensor3D, transpose } from '@tensorflow/tfjs-core';
import { type Operation, withGradients } from './operation.js';

/** x [batch, channels, length] and weight [channels, kernel], in PyTorch's layout; ours has channels last. */
export const causalDepthwiseConvolution: Operation = (given) => {
  const name = given.attribute<string | null>('activation') ?? 'identity';
  const fused = name === 'silu' || name === 'swish';
  const inputs = given.has('bias') ? ['x', 'weight', 'bias'] : ['x', 'weight'];
  return withGradients(given, inputs, (x, weight, bias) => {
    const convolution = { x: transpose(x!, [0, 2, 1]) as Tensor3D, weight: transpose(weight as Tensor2D), bias };
    const { y } = causalConvolution(convolution, fused ? 'silu' : 'none');
    return transpose(fused || name === 'identity' ? y : activationByName(name)(y), [0, 2, 1]);
  });
};
