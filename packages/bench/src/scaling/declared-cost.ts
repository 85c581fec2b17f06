import { costOfParts, type PartCost } from '@sequitur/core';
import { costOfUse, decodingCost, encodingFlops, trainingFlops } from '@sequitur/transformer';
import type { CandidateModel, CausalCandidateModel, EncoderCandidateModel } from './candidate.js';
import { DECODED, sourceOf } from './cells.js';
import type { Mode } from './records.js';

/** Declared cost of one run of a mode. */
export interface DeclaredCost {
  /** Floating point operations; a multiply-add counts as two. */
  readonly flops: number;
  /** Bytes of the state after `length` tokens, if the mode has a state. */
  readonly stateBytes?: number;
}

/** The cost that the model declares, without measurement. */
export function declaredCost(candidate: CandidateModel, mode: Mode, length: number): DeclaredCost {
  if (candidate.kind === 'encoder') return { flops: encoderFlops(candidate, mode, length) };
  if (candidate.kind === 'sequenceToSequence') {
    const { model } = candidate;
    const sourceLength = sourceOf(length);
    if (mode === 'train') return { flops: trainingFlops(model, { sourceLength, length: length - sourceLength }) };
    if (mode === 'encode') return { flops: encodingFlops(model, length) };
    const at = (seen: number) => decodingCost(model, { sourceLength: length, length: 1, seen });
    return { flops: decoding(at, 1), stateBytes: at(0).stateBytes };
  }
  const { model } = candidate;
  const { flops, gradientFlops, stateBytes } = model.cost(length);
  if (mode === 'train') return { flops: flops + gradientFlops };
  if (mode === 'prefill') return { flops: model.cost(length, 0, 1).flops };
  return { flops: decoding((seen) => model.cost(1, seen, 1), length), stateBytes };
}

function encoderFlops({ model, scoreFlops }: EncoderCandidateModel, mode: Mode, length: number): number {
  const { flops, gradientFlops } = costOfParts(model, length);
  return mode === 'train' ? flops + gradientFlops + 3 * scoreFlops(length) : flops;
}

function decoding(at: (seen: number) => Pick<PartCost, 'flops'>, seen: number): number {
  return Array.from({ length: DECODED }, (_, index) => at(seen + index).flops).reduce((sum, flops) => sum + flops, 0);
}

/**
 * Cost of a forward pass over `length` tokens with all logits; for an encoder-decoder, half of them source and half
 * target.
 */
export function forwardFlops(candidate: CandidateModel, length: number): number {
  if (candidate.kind === 'encoder') return costOfParts(candidate.model, length).flops;
  if (candidate.kind === 'sequenceToSequence') return costOfUse(candidate.model, Math.ceil(length / 2)).flops;
  return (candidate.model as CausalCandidateModel).cost(length).flops;
}
