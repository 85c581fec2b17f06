/** Where the segment is that is shorter than the others: the last, the first, or none, all being about equally long. */
export type SegmentAlignment = 'left' | 'right' | 'center';

/**
 * The lengths of the first and of the later segments into which a text of `length` tokens is cut, none longer than
 * `segmentLength`: for `RecurrentMemoryModel.initState`.
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
