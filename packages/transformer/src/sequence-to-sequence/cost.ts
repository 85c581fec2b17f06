import { type Cost, costOfParts, linearFlops, type PartCost } from '@sequitur/core';
import type { EncoderDecoder } from './encoder-decoder.js';

/** The lengths of source and target. */
export interface DecodingLengths {
  readonly sourceLength: number;
  /** Target tokens of this step, and before. */
  readonly length: number;
  readonly seen?: number;
  /** Number of tokens with logits; default all. */
  readonly logits?: number;
}

/** Operations of encoding a source. */
export function encodingFlops({ encoder }: EncoderDecoder, sourceLength: number): number {
  return costOfParts(encoder, sourceLength).flops;
}

/** Operations of the keys and values of an encoded source. */
export function sourceFlops({ decoder }: EncoderDecoder, sourceLength: number): number {
  return decoder.blocks.reduce((sum, { cross }) => sum + cross.costOfSource(sourceLength, 0).reading, 0);
}

/** Cost of decoding, given the encoded source. */
export function decodingCost(
  model: EncoderDecoder,
  { sourceLength, length, seen = 0, logits = length }: DecodingLengths,
): Omit<PartCost, 'gradientFlops'> {
  const { decoder } = model;
  const own = costOfParts(decoder, length, seen);
  const attending = decoder.blocks.map(({ cross }) => cross.costOfSource(sourceLength, length).attending);
  const scores = scoreFlops(model, logits);
  return {
    flops: attending.reduce((sum, { flops }) => sum + flops, own.flops + scores),
    stateBytes: attending.reduce((sum, { stateBytes }) => sum + stateBytes, own.stateBytes),
  };
}

/** Cost of encoding and decoding `length` tokens each, and the state after them. Products only. */
export function costOfUse(model: EncoderDecoder, length: number): Pick<Cost, 'flops' | 'stateBytes'> {
  const { flops, stateBytes } = decodingCost(model, { sourceLength: length, length });
  return { flops: encodingFlops(model, length) + sourceFlops(model, length) + flops, stateBytes };
}

/** Cost of a training step with `length` target tokens, forward and backward. Products only. */
export function trainingFlops(model: EncoderDecoder, place: Pick<DecodingLengths, 'sourceLength' | 'length'>): number {
  const { encoder, decoder } = model;
  const { sourceLength, length } = place;
  const backward = [
    costOfParts(encoder, sourceLength),
    costOfParts(decoder, length),
    ...decoder.blocks.map(({ cross }) => cross.costOfSource(sourceLength, length).attending),
  ].reduce((sum, { gradientFlops }) => sum + gradientFlops, 0);
  const source = sourceFlops(model, sourceLength);
  const forward = encodingFlops(model, sourceLength) + source + decodingCost(model, place).flops;
  return forward + backward + 2 * (source + scoreFlops(model, length));
}

function scoreFlops({ decoder, head }: EncoderDecoder, logits: number): number {
  const [vocabularySize, width] = decoder.embedding.tokens.weight.shape as [number, number];
  return head ? linearFlops(head, logits) : 2 * logits * vocabularySize * width;
}
