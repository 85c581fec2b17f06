import type { WebGpuKernel } from '@sequitur/core';
import { elementOf } from './rows.js';
import type { Variant } from './variant.js';

/** Tensors that both gradient kernels read, the one for the bias of the scores included. */
export function readsOf({ headSize, valueSize, extra }: Variant) {
  const [head, value] = [elementOf(headSize), elementOf(valueSize)];
  return {
    ...{ q: head, k: head, v: value, dy: value, plan: 'i32' },
    ...(extra !== 'none' && { extra: 'f32' }),
  } satisfies WebGpuKernel['reads'];
}

/**
 * Code for the weight of a pair, its dropout factor and its gradient, from `product` and `back` = dO Vᵀ. `seen` is
 * whether the pattern allows the pair. The weight is as accurate as the float32 logarithm.
 *
 * @param pair suffix of the variables of the pair
 * @param query,key suffixes of those of the query and of the key
 */
export function pairSlope(
  { attentionMask, softCap, dropout }: Variant,
  pair: string,
  query: string,
  key: string,
): string {
  const real = attentionMask ? ` && real${key} != 0.0` : '';
  return `
let weight${pair} = select(0.0, weightOf(scoreOf(product${pair}, b, h, query${query}, key${key}) - log${query}), seen${pair} && !isMinusInfinity(log${query})${real});
let kept${pair} = ${dropout ? `kept(b, h, query${query}, key${key})` : '1.0'};
var slope${pair} = weight${pair} * (kept${pair} * back${pair} - drift${query}) * p.scale;
${softCap ? `let bent${pair} = capped(product${pair}); slope${pair} *= 1.0 - bent${pair} * bent${pair};` : ''}`;
}
