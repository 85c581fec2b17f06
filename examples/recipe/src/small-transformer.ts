import { SequiturError } from '@sequitur/core';
import type { Tokenizer } from '@sequitur/text';
import { type BartConfig, SequenceToSequence, transformer } from '@sequitur/transformer';

export interface SmallTransformerSize {
  readonly width: number;
  /** Number of layers of the encoder and of the decoder. */
  readonly depth: number;
  readonly heads: number;
  /** Maximum length of source and target in tokens. */
  readonly contextLength: number;
  readonly dropout: number;
  /** Generation settings that are saved with the model, with Hugging Face's names. */
  readonly generation?: Readonly<Record<string, unknown>>;
}

/** Creates an original Transformer of any size, with tied embeddings. */
export function smallTransformer(
  tokenizer: Tokenizer,
  { width, depth, heads, contextLength, dropout, generation }: SmallTransformerSize,
  seed: string,
): SequenceToSequence<BartConfig> {
  const [endToken, paddingToken] = [idOf(tokenizer, 'end'), idOf(tokenizer, 'padding')];
  const config: BartConfig = {
    ...transformer.presets.base!,
    ...{ width, contextLength, dropout, vocabularySize: tokenizer.vocabularySize },
    ...{ encoderDepth: depth, encoderHeads: heads, encoderHiddenWidth: 4 * width },
    ...{ decoderDepth: depth, decoderHeads: heads, decoderHiddenWidth: 4 * width },
    ...{ endToken, paddingToken, decoderStartToken: paddingToken, initializerRange: width ** -0.5 },
    generation: { max_length: contextLength, forced_eos_token_id: endToken, ...generation },
  };
  return SequenceToSequence.create(config, { seed, tokenizer });
}

function idOf(tokenizer: Tokenizer, role: 'end' | 'padding'): number {
  const spelling = tokenizer.specialTokens[role];
  const id = spelling === undefined ? undefined : tokenizer.tokenToId(spelling);
  if (id !== undefined) return id;
  throw new SequiturError({ where: 'smallTransformer', expected: `a tokenizer with a token for ${role}`, got: 'none' });
}
