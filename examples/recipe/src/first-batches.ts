/**
 * The first batches of an endless stream, to watch a training with.
 *
 * @param limits `batches` at most, and no more than one epoch of `of`
 */
export function firstBatches<Batch>(
  stream: Iterable<Batch>,
  limits: { readonly batches: number; readonly of: number },
): Batch[] {
  const count = Math.min(limits.batches, Math.max(1, Math.ceil(limits.of)));
  const taken: Batch[] = [];
  for (const batch of stream) {
    taken.push(batch);
    if (taken.length === count) break;
  }
  return taken;
}
