import type { WebGpuKernel } from '@sequitur/core';
import { elementOf } from './rows.js';
import type { Variant } from './variant.js';

/** Tensors that both kernels of gradients read, one for the other parts of the scores included. */
export function readsOf({ headSize, valueSize, extra }: Variant) {
  const [head, value] = [elementOf(headSize), elementOf(valueSize)];
  return {
    ...{ q: head, k: head, v: value, dy: value, plan: 'i32' },
    ...(extra !== 'none' && { extra: 'f32' }),
  } satisfies WebGpuKernel['reads'];
}

/**
 * Of a pair its weight, as far as the logarithm tells it, what dropout keeps of it, and its slope, from `product` and `back` = dO Vᵀ; `seen` says
 * whether the pattern shows it.
 *
 * @param pair names the values of the pair
 * @param query,key name those of the query and of the key
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
