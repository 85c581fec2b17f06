import { splitIntoSegments } from '@sequitur/attention';
import { costOfParts, type PartCost } from '@sequitur/core';
import type { CausalStack } from '../causal-stack.js';

/** A model with a cost. */
export type CostedReader = Pick<CausalStack, 'blocks' | 'cost' | 'width'>;

interface Parts {
  readonly model: CostedReader;
  readonly memoryTokens: number;
  readonly segmentLength: number;
}

interface Reading {
  readonly length: number;
  readonly seen: number;
  readonly logits: number;
}

/**
 * The cost of a recurrent memory model. Every segment is read as [memory, tokens, memory]; the loss does not depend on
 * memory written after the last token.
 */
export function recurrentMemoryCost(
  { model, memoryTokens, segmentLength }: Parts,
  { length, seen, logits }: Reading,
): PartCost {
  let [flops, gradientFlops] = [0, 0];
  const add = (cost: PartCost, backwards = cost.gradientFlops) => {
    flops += cost.flops;
    gradientFlops += backwards;
  };
  for (const { start, count, ends } of splitIntoSegments(length, seen % segmentLength, segmentLength)) {
    const filled = (seen + start) % segmentLength;
    if (filled === 0) {
      const opening = model.cost(memoryTokens, 0, 0);
      add(opening, opening.gradientFlops - unreadGradient(model, memoryTokens));
    }
    add(model.cost(count, memoryTokens + filled, 0));
    if (ends) add(model.cost(memoryTokens, memoryTokens + segmentLength, 0), start + count < length ? undefined : 0);
  }
  const head = model.cost(0, 0, logits);
  add(head);
  return { flops, gradientFlops, stateBytes: stateBytesAfter(seen + length) };

  function stateBytesAfter(position: number): number {
    if (position === 0) return 0;
    const filled = position % segmentLength;
    const memory = 4 * memoryTokens * model.width;
    return filled === 0 ? memory : memory + model.cost(filled, memoryTokens, 0).stateBytes;
  }
}

/** The last block's output at memory tokens before the segment is unused: only its keys and values get gradients. */
function unreadGradient({ blocks }: CostedReader, tokens: number): number {
  const last = blocks.at(-1)!;
  const mixer = 'mixer' in last ? (last.mixer as { cost?(length: number): PartCost }).cost?.(tokens) : undefined;
  const whole = costOfParts(last, tokens).gradientFlops;
  return mixer?.stateGradientFlops === undefined ? 0 : whole - mixer.stateGradientFlops;
}
