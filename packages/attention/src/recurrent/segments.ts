import { type MixContext, refuseResets, SequiturError, type StepContext } from '@sequitur/core';
import { concat, slice, split, type Tensor, type Tensor3D } from '@tensorflow/tfjs-core';

/** A piece of a chunk that is within one segment. */
export interface SegmentPiece {
  /** The index of its first position in the chunk. */
  readonly start: number;
  readonly count: number;
  /** Whether it completes the segment. */
  readonly ends: boolean;
}

/**
 * Splits a chunk of `length` positions at the ends of segments, the first of which holds `filled` positions already.
 * The positions of the splits do not depend on the sizes of the chunks.
 *
 * @throws SequiturError where segmentLength is not a positive integer
 */
export function splitIntoSegments(length: number, filled: number, segmentLength: number): SegmentPiece[] {
  if (!(segmentLength >= 1) || segmentLength % 1 > 0) {
    throw new SequiturError({
      where: 'segments',
      expected: 'a segmentLength that is an integer of at least 1',
      got: `${segmentLength}`,
    });
  }
  const pieces: SegmentPiece[] = [];
  for (let start = 0; start < length; ) {
    const room = segmentLength - (start === 0 ? filled : 0);
    const count = Math.min(room, length - start);
    pieces.push({ start, count, ends: count === room });
    start += count;
  }
  return pieces;
}

/**
 * Splits x along axis 1. One split instead of slices: the gradient of each slice would be a tensor as long as x, and
 * time would grow with the square of the length.
 */
export function splitAt<T extends Tensor>(x: T, pieces: readonly SegmentPiece[]): T[] {
  if (pieces.length === 1) return [x];
  return split(
    x,
    pieces.map(({ count }) => count),
    1,
  ) as T[];
}

/**
 * Refuses padding: segments count all positions, so a padded sequence would be split at other places than the same
 * sequence without padding.
 *
 * @throws SequiturError where the chunk may hold padding, or packed sequences
 */
export function refuseMasks(where: string, context: MixContext): void {
  refuseResets(where, context);
  if (!context.attentionMask) return;
  throw new SequiturError({
    where,
    expected: 'sequences of equal length, without padding',
    got: 'a chunk with `attentionMask`',
    fix: 'Read sequences of different lengths one at a time',
  });
}

/** The context of one piece of a chunk: names of observed values end with its index. */
export function pieceContext<C extends MixContext>(context: C, index: number): C {
  const { observe } = context;
  if (!observe || index === 0) return context;
  return { ...context, observe: (name: string, tensor: Tensor) => observe(`${name}.${index}`, tensor) };
}

/** The place of a chunk in its segment, and the length of segments. */
export interface SegmentPlace {
  readonly filled: number;
  readonly segmentLength: number;
}

/**
 * Reads x [batch, length, width] segment by segment and concatenates the results: all positions, or the last one where
 * the context asks for the last logits only.
 *
 * @param read computes a piece from its activations, its context and its place
 */
export function readSegments(
  x: Tensor3D,
  { filled, segmentLength }: SegmentPlace,
  context: StepContext,
  read: (x: Tensor3D, context: StepContext, piece: SegmentPiece) => Tensor3D,
): Tensor3D {
  const pieces = splitIntoSegments(x.shape[1], filled, segmentLength);
  const parts = splitAt(x, pieces);
  const outputs = pieces.map((piece, index) => read(parts[index]!, pieceContext(context, index), piece));
  const whole = outputs.length === 1 ? outputs[0]! : (concat(outputs, 1) as Tensor3D);
  return context.logits === 'last' ? slice(whole, [0, whole.shape[1] - 1, 0], [-1, 1, -1]) : whole;
}
