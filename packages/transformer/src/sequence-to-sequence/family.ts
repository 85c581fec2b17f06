import type { Family, SpecialTokens } from '@sequitur/pretrained';
import type { EncoderDecoderParts } from './encoder-decoder.js';

/** The config that all encoder-decoder families share. */
export interface SequenceToSequenceConfig extends SpecialTokens {
  /** The family, by its `model_type`: `t5`, `bart`, `marian`. */
  readonly modelType: string;
  readonly vocabularySize: number;
  /** The start token of targets. */
  readonly decoderStartToken: number;
  readonly paddingToken: number;
  /** Generation settings of the config, by their Hugging Face names: `num_beams`, `bad_words_ids`. */
  readonly generation?: Readonly<Record<string, unknown>>;
}

/** A family of encoder-decoders. */
export type EncoderDecoderFamily<Config extends SequenceToSequenceConfig = SequenceToSequenceConfig> = Family<
  Config,
  EncoderDecoderParts
>;
