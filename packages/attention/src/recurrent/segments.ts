import { type MixContext, SequiturError, type StepContext } from '@sequitur/core';
import { concat, slice, split, type Tensor, type Tensor3D } from '@tensorflow/tfjs-core';

/** A run of positions of a chunk that lie in one segment. */
export interface SegmentPiece {
  /** Where the piece begins in the chunk. */
  readonly start: number;
  readonly count: number;
  /** The segment is full after this piece. */
  readonly ends: boolean;
}

/**
 * Cuts a chunk of `length` positions where segments end, the first of them with `filled` positions in it already. So a
 * text may come in chunks of any length and is cut at the same places.
 *
 * @throws SequiturError where segments have no length, or half a position: the cutting would not end, or fall between two
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
 * Every piece of x along axis 1. Cut at once: the gradient of as many slices would be as many tensors as long as x, and its
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
 * Segments are counted in positions, padding among them: a padded text would be cut at other places than the same text
 * alone.
 *
 * @throws SequiturError where the chunk may hold padding
 */
export function refusePadding(where: string, { attentionMask }: MixContext): void {
  if (!attentionMask) return;
  throw new SequiturError({
    where,
    expected: 'texts of equal length, without padding',
    got: 'a chunk with `attentionMask`',
    fix: 'Read texts of different lengths one at a time',
  });
}

/** The context of one of several pieces: what is observed there has the number of the piece behind its name. */
export function pieceContext<C extends MixContext>(context: C, index: number): C {
  const { observe } = context;
  if (!observe || index === 0) return context;
  return { ...context, observe: (name: string, tensor: Tensor) => observe(`${name}.${index}`, tensor) };
}

/** Where a chunk begins in its segment, and how long segments are. */
export interface SegmentPlace {
  readonly filled: number;
  readonly segmentLength: number;
}

/**
 * Reads x [batch, length, width] piece by piece, each within one segment, and puts together what comes of them: all of it,
 * or the last position where the context asks for the last logits alone.
 *
 * @param read is given the piece's numbers, its context for observers, and where it lies
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
