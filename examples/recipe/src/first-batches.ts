/**
 * The first batches of an endless stream, for validation.
 *
 * @param limits at most `batches` batches, and at most one epoch of `of` batches
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
