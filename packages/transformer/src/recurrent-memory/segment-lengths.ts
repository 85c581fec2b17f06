/**
 * The segment that is shorter than the others: the last (left), the first (right), or none (center), where all have
 * about equal length.
 */
export type SegmentAlignment = 'left' | 'right' | 'center';

/**
 * The lengths of the first and of the later segments of a sequence of `length` tokens, at most `segmentLength`: for
 * `RecurrentMemoryModel.initState`.
 */
export function segmentLengths(
  length: number,
  segmentLength: number,
  alignment: SegmentAlignment,
): { first: number; later: number } {
  if (alignment === 'left') return { first: segmentLength, later: segmentLength };
  if (alignment === 'right') return { first: length % segmentLength || segmentLength, later: segmentLength };
  const even = Math.ceil(length / Math.ceil(length / segmentLength));
  return { first: even, later: even };
}
