import { Linear, normal, RmsNorm, type SequenceMixer, type StateTree } from '@sequitur/core';
import { type LanguageModelParts, MixerBlock, TokenEmbedding } from '@sequitur/transformer';

interface StackShape {
  readonly vocabularySize: number;
  readonly width: number;
  readonly depth: number;
  readonly normEpsilon: number;
  /** Whether the output projection is tied to the embeddings. */
  readonly tied: boolean;
}

/**
 * The parts of a language model with one kind of mixer: embedding, blocks, norm and head. `mixer` gets the scale
 * of a mixer's initial output.
 */
export function buildStack<S extends StateTree>(
  { vocabularySize, width, depth, normEpsilon, tied }: StackShape,
  mixer: (outputScale: number) => SequenceMixer<S>,
): LanguageModelParts {
  // Each block adds to the residual stream: smaller initial outputs keep its variance.
  const outputScale = 1 / Math.sqrt(depth);
  return {
    embedding: new TokenEmbedding({ vocabularySize, width }),
    blocks: Array.from(
      { length: depth },
      () => new MixerBlock({ norm: new RmsNorm(width, normEpsilon), mixer: mixer(outputScale) }),
    ),
    norm: new RmsNorm(width, normEpsilon),
    ...(!tied && { head: new Linear(width, vocabularySize, { bias: false, initializer: normal(0.02) }) }),
  };
}
