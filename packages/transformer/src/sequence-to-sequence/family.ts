import type { Family, SpecialTokens } from '@sequitur/pretrained';
import type { EncoderDecoderParts } from './encoder-decoder.js';

/** What every configuration of a model that reads one text and writes another says. */
export interface SequenceToSequenceConfig extends SpecialTokens {
  /** The family it belongs to, as `model_type` names it: `t5`, `bart`, `marian`. */
  readonly modelType: string;
  readonly vocabularySize: number;
  /** The token that targets begin with. */
  readonly decoderStartToken: number;
  readonly paddingToken: number;
  /** Settings of generation that the configuration carries, as Hugging Face spells them: `num_beams`, `bad_words_ids`. */
  readonly generation?: Readonly<Record<string, unknown>>;
}

/** A family of encoder-decoders. */
export type EncoderDecoderFamily<Config extends SequenceToSequenceConfig = SequenceToSequenceConfig> = Family<
  Config,
  EncoderDecoderParts
>;
