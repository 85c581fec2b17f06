import type { CostedPart, PartCost } from './architecture.js';
import { Linear } from './layers/linear.js';
import { type Module, modulesOf } from './module.js';

/**
 * The cost of a module for `length` tokens after `seen` earlier ones: what its parts declare, and for every other
 * Linear one product per token, twice as many backwards. Embeddings cost no products.
 */
export function costOfParts(root: Module, length: number, seen = 0): PartCost {
  const declared: string[] = [];
  let total: PartCost = { flops: 0, gradientFlops: 0, stateBytes: 0 };
  for (const [path, part] of modulesOf(root)) {
    if (declared.some((above) => path.startsWith(above))) continue;
    if (part !== root && isCosted(part)) {
      declared.push(`${path}.`);
      total = sum(total, part.cost(length, seen));
    } else if (part instanceof Linear) {
      const flops = linearFlops(part, length);
      total = sum(total, { flops, gradientFlops: 2 * flops, stateBytes: 0 });
    }
  }
  return total;
}

/** Operations of all Linear layers at and below `root` for a number of rows. */
export function linearFlops(root: Module, rows: number): number {
  let flops = 0;
  for (const [, part] of modulesOf(root)) {
    if (part instanceof Linear) flops += 2 * rows * part.weight.shape[0]! * part.weight.shape[1]!;
  }
  return flops;
}

function isCosted(part: Module): part is Module & CostedPart {
  return 'cost' in part && typeof part.cost === 'function';
}

function sum(a: PartCost, b: PartCost): PartCost {
  return {
    flops: a.flops + b.flops,
    gradientFlops: a.gradientFlops + b.gradientFlops,
    stateBytes: a.stateBytes + b.stateBytes,
  };
}
