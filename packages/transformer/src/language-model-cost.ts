import { type Cost, Linear, type Module, modulesOf, parameterCount } from '@sequitur/core';
import type { CausalStack } from './causal-stack.js';

/** What a part costs beside its Linears, which are counted where they stand. */
export interface CostedPart {
  cost(length: number): { readonly flops: number; readonly stateBytes: number };
}

/**
 * What a model needs to read one text of so many tokens, counted from its parts, which need no values for that. Products
 * only: the rest is a small share that falls with the width.
 */
export function languageModelCost(model: CausalStack, length: number): Cost {
  let [flops, stateBytes] = [0, 0];
  for (const [, part] of modulesOf(model)) {
    if (part instanceof Linear) flops += 2 * length * product(part.weight.shape);
    if (isCosted(part)) {
      const own = part.cost(length);
      flops += own.flops;
      stateBytes += own.stateBytes;
    }
  }
  if (!model.head) flops += 2 * length * product(model.embedding.tokens.weight.shape);
  return { parameters: parameterCount(model), flops, stateBytes };
}

function isCosted(part: Module): part is Module & CostedPart {
  return 'cost' in part && typeof part.cost === 'function';
}

function product(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}
