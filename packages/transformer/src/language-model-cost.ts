import { type Cost, parameterCount } from '@sequitur/core';
import type { CausalStack } from './causal-stack.js';

/**
 * Cost of a model for one sequence of `length` tokens, derived from its parts without parameter values. Products only:
 * the rest is a small share that falls with the width.
 */
export function languageModelCost(model: CausalStack, length: number): Cost {
  const { flops, stateBytes } = model.cost(length);
  return { parameters: parameterCount(model), flops, stateBytes };
}
