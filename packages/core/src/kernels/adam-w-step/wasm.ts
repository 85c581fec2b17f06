import { backend, type Tensor } from '@tensorflow/tfjs-core';
import { wasmInstance } from '../../backends/wasm/instance.js';
import type { AdamWCoefficients } from './coefficients.js';
import type { AdamWMoments } from './reference.js';

/**
 * The step in place, in one pass over the four arrays. Declines (false) where our kernels are not loaded, and where
 * another tensor shares an array: that one must keep its values.
 */
export function adamWInPlace(
  { parameter, firstMoment, secondMoment }: AdamWMoments,
  gradient: Tensor,
  scale: number | Tensor,
  c: AdamWCoefficients,
): boolean {
  const current = backend();
  const wasm = wasmInstance(current);
  const changed = [parameter, firstMoment, secondMoment];
  if (!wasm || changed.some(({ dataId }) => current.refCount(dataId) > 1)) return false;
  wasm.kernels.adamWInPlace(
    ...([parameter.size, wasm.offset(parameter), wasm.offset(gradient)] as const),
    ...([wasm.offset(firstMoment), wasm.offset(secondMoment)] as const),
    ...([typeof scale === 'number' ? scale : wasm.values(scale)[0]!, c.rest1, c.beta2, c.rest2] as const),
    ...([c.epsilon, c.decay, c.stepSize, c.inverseRootCorrection2] as const),
  );
  return true;
}
