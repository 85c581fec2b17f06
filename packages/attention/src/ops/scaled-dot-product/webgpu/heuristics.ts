import type { OpInputs, WebGpuInstance } from '@sequitur/core';
import type { BlockLayout } from '../../../patterns/index.js';
import type { Variant } from './variant.js';

/**
 * Block kernels with tiles are faster than products over all pairs up to this share of visible pairs; kernels with
 * subgroups, which take seconds to compile, from this many pairs on. Above this size of the score matrix, block kernels
 * are used to save memory.
 */
const limits = { mostSeenByTiles: 1 / 6, fewestPairs: 2 ** 20, mostScoreBytes: 2 ** 28, always: false };

/** For tests: uses block kernels for small cases too. */
export function alwaysUseBlockKernels(): void {
  limits.always = true;
}

interface Case {
  readonly inputs: OpInputs;
  readonly layouts: readonly BlockLayout[];
  readonly keys: number;
}

/** Whether block kernels are expected to be faster. */
export function shouldUseBlockKernels(
  gpu: WebGpuInstance,
  { tiles }: Variant,
  { inputs, layouts, keys }: Case,
): boolean {
  const [batch, queries, heads] = inputs.query!.shape as [number, number, number];
  const pairs = batch * heads * queries * keys;
  if (limits.always || pairs * 4 > Math.min(limits.mostScoreBytes, gpu.mostBindingBytes)) return true;
  const cell = (layout: BlockLayout) => (layout.entries.length / 2) * layout.queryBlock * layout.keyBlock;
  const seen = layouts.reduce((sum, layout) => sum + cell(layout), 0) / layouts.length / (queries * keys);
  return seen <= limits.mostSeenByTiles || (!tiles && pairs >= limits.fewestPairs);
}
