import { type Cost, memoryCapacity } from '@sequitur/core';

/** What determines the cost of a model that reads one text and writes another. */
export interface SequenceToSequenceShape {
  readonly width: number;
  /** heads x headSize of each side. */
  readonly encoderInner: number;
  readonly decoderInner: number;
  readonly encoderDepth: number;
  readonly decoderDepth: number;
  /** Numbers of the products of one feed-forward layer, of each side. */
  readonly encoderFeedForward: number;
  readonly decoderFeedForward: number;
  readonly targetVocabularySize: number;
}

/**
 * Reading `length` tokens and writing as many, and the state behind them. Counts products only: the rest is a small share
 * that falls with the width.
 */
export function costOfUse(shape: SequenceToSequenceShape, length: number): Pick<Cost, 'flops' | 'stateBytes'> {
  const { width, encoderInner, decoderInner, encoderDepth, decoderDepth } = shape;
  const reading = length * (4 * width * encoderInner + shape.encoderFeedForward) + 2 * encoderInner * length ** 2;
  // To itself query i sees i + 1 keys, to the source all of them.
  const scores = (length * (length + 1)) / 2 + length ** 2;
  const writing = length * (8 * width * decoderInner + shape.decoderFeedForward) + 2 * decoderInner * scores;
  const head = length * width * shape.targetVocabularySize;
  return {
    flops: 2 * (encoderDepth * reading + decoderDepth * writing + head),
    stateBytes: decoderDepth * 2 * (memoryCapacity(length) + length) * decoderInner * 4,
  };
}
