import { backend, type Tensor } from '@tensorflow/tfjs-core';
import { wasmInstance } from '../../backends/wasm/instance.js';
import { runOnNumbers } from '../../backends/wasm/rows.js';
import type { AdamWCoefficients } from './coefficients.js';
import type { AdamWMoments } from './reference.js';

/** Cost of one element, in multiplications. */
const COST = 32;

/**
 * The step in place, in one pass over the four arrays. Declines (false) where the kernels are not loaded, and where
 * another tensor shares an array and must keep its values.
 */
export function adamWInPlaceWasm(
  { parameter, firstMoment, secondMoment }: AdamWMoments,
  gradient: Tensor,
  scale: number | Tensor,
  c: AdamWCoefficients,
): boolean {
  const current = backend();
  const wasm = wasmInstance(current);
  const changed = [parameter, firstMoment, secondMoment];
  if (!wasm || changed.some(({ dataId }) => current.refCount(dataId) > 1)) return false;
  const arrays = [parameter, gradient, firstMoment, secondMoment].map(wasm.offset);
  const factor = typeof scale === 'number' ? scale : wasm.values(scale)[0]!;
  runOnNumbers(wasm, 'adamWInPlace', { count: parameter.size, cost: COST }, (count, bytes) => [
    ...[count, ...arrays.map((array) => array + bytes)],
    ...[factor, c.rest1, c.beta2, c.rest2, c.epsilon, c.decay, c.stepSize, c.inverseRootCorrection2],
  ]);
  return true;
}
