import { activations } from './activations.js';
import { crossEntropyCases } from './cross-entropy.js';
import { norms } from './norms.js';
import type { Operation } from './operation.js';

/** Every operation that can be compared, by the `op` of cases.json. */
export const operations: Readonly<Record<string, Operation>> = {
  activations,
  cross_entropy: crossEntropyCases,
  norms,
};
