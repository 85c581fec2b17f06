import type { OpInputs, WebGpuInstance } from '@sequitur/core';
import type { BlockLayout } from '../../patterns/index.js';

/**
 * From which share of hidden pairs on the block kernels are faster than products over all pairs (on a software adapter,
 * where they were measured: about 6 times the time per pair), and from how many bytes of scores on memory decides.
 */
const limits = { mostSeen: 1 / 6, mostScoreBytes: 2 ** 28 };

/** For tests, which want the block kernels for small cases too. */
export function alwaysUseBlockKernels(): void {
  limits.mostSeen = 1;
}

/** Whether the block kernels pay: where much is hidden, or where the scores of all pairs would take much memory. */
export function isWorthBlocks(
  gpu: WebGpuInstance,
  { query }: OpInputs,
  layouts: readonly BlockLayout[],
  keys: number,
): boolean {
  const [batch, queries, heads] = query!.shape as [number, number, number];
  if (batch * heads * queries * keys * 4 > Math.min(limits.mostScoreBytes, gpu.mostBindingBytes)) return true;
  const cell = (layout: BlockLayout) => (layout.entries.length / 2) * layout.queryBlock * layout.keyBlock;
  const seen = layouts.reduce((sum, layout) => sum + cell(layout), 0) / layouts.length;
  return limits.mostSeen === 1 || seen <= limits.mostSeen * queries * keys;
}
