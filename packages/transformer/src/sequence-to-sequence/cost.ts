import { type Cost, costOfParts, linearFlops, type PartCost } from '@sequitur/core';
import type { EncoderDecoder } from './encoder-decoder.js';

/** How much was written, after how long a source. */
export interface WritingPlace {
  readonly sourceLength: number;
  /** Tokens written now, and before. */
  readonly length: number;
  readonly seen?: number;
  /** Of how many of them logits are wanted; default all. */
  readonly logits?: number;
}

/** Operations of encoding a source. */
export function encodingFlops({ encoder }: EncoderDecoder, sourceLength: number): number {
  return costOfParts(encoder, sourceLength).flops;
}

/** Operations of the keys and values of an encoded source, which a state begins with. */
export function sourceFlops({ decoder }: EncoderDecoder, sourceLength: number): number {
  return decoder.blocks.reduce((sum, { cross }) => sum + cross.costOfSource(sourceLength, 0).reading, 0);
}

/** What it costs to write with the source in the state. */
export function writingCost(
  model: EncoderDecoder,
  { sourceLength, length, seen = 0, logits = length }: WritingPlace,
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

/** Reading `length` tokens and writing as many, and the state behind them. Products only. */
export function costOfUse(model: EncoderDecoder, length: number): Pick<Cost, 'flops' | 'stateBytes'> {
  const { flops, stateBytes } = writingCost(model, { sourceLength: length, length });
  return { flops: encodingFlops(model, length) + sourceFlops(model, length) + flops, stateBytes };
}

/** Reading a source and learning `length` tokens after it, forward and backward. Products only. */
export function trainingFlops(model: EncoderDecoder, place: Pick<WritingPlace, 'sourceLength' | 'length'>): number {
  const { encoder, decoder } = model;
  const { sourceLength, length } = place;
  const backward = [
    costOfParts(encoder, sourceLength),
    costOfParts(decoder, length),
    ...decoder.blocks.map(({ cross }) => cross.costOfSource(sourceLength, length).attending),
  ].reduce((sum, { gradientFlops }) => sum + gradientFlops, 0);
  const source = sourceFlops(model, sourceLength);
  const forward = encodingFlops(model, sourceLength) + source + writingCost(model, place).flops;
  return forward + backward + 2 * (source + scoreFlops(model, length));
}

function scoreFlops({ decoder, head }: EncoderDecoder, logits: number): number {
  const [vocabularySize, width] = decoder.embedding.tokens.weight.shape as [number, number];
  return head ? linearFlops(head, logits) : 2 * logits * vocabularySize * width;
}
