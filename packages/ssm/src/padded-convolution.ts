import {
  cast,
  concat,
  expandDims,
  maximum,
  mul,
  ones,
  scalar,
  slice,
  sub,
  type Tensor2D,
  type Tensor3D,
  tidy,
} from '@tensorflow/tfjs-core';
import { alignReal, flat, reordered } from './alignment.js';
import { type CausalConvolution, causalConvolution } from './ops/causal-convolution/index.js';

/**
 * The causal convolution of rows with padding anywhere: a window holds the last real tokens, including those of the
 * state, as without padding. y is 0 at padding.
 *
 * @param mask [batch, length], 1 at real tokens and 0 at padding
 */
export function paddedConvolution(
  convolution: CausalConvolution & { readonly state: Tensor3D },
  activation: 'silu' | 'none',
  mask: Tensor2D,
): { y: Tensor3D; state: Tensor3D } {
  return tidy(() => {
    const { x, state, resets } = convolution;
    const [batch, length, channels] = x.shape;
    const before = state.shape[1];
    const real = cast(mask, 'float32');
    const whole = alignReal(concat([ones([batch, before]), real], 1) as Tensor2D, 'right');
    const aligned = reordered(concat([state, mul(x, expandDims(real, 2))], 1) as Tensor3D, whole.order);
    const found = causalConvolution(
      {
        ...convolution,
        x: slice(aligned, [0, before, 0], [batch, length, channels]),
        state: slice(aligned, [0, 0, 0], [batch, before, channels]),
        resets: resets && reordered(resets, alignReal(mask, 'right').order),
      },
      activation,
    );
    const places = slice(whole.places, [0, before], [batch, length]);
    const back = flat(maximum(sub(places, scalar(before, 'int32')), scalar(0, 'int32')) as Tensor2D);
    return { y: mul(reordered(found.y, back), expandDims(real, 2)), state: found.state };
  }) as unknown as { y: Tensor3D; state: Tensor3D };
}
