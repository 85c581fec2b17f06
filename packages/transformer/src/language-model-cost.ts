import { type Cost, parameterCount } from '@sequitur/core';
import type { CausalStack } from './causal-stack.js';

/**
 * What a model needs to read one text of so many tokens, counted from its parts, which need no values for that. Products
 * only: the rest is a small share that falls with the width.
 */
export function languageModelCost(model: CausalStack, length: number): Cost {
  const { flops, stateBytes } = model.cost(length);
  return { parameters: parameterCount(model), flops, stateBytes };
}
