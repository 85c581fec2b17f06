import type { Checkpoint, ConfigReader, WeightRule } from '@sequitur/pretrained';
import type { EncoderDecoderParts } from './encoder-decoder.js';

/** What every configuration of a model that reads one text and writes another says. */
export interface SequenceToSequenceConfig {
  /** The family it belongs to, as `model_type` names it: `t5`, `bart`, `marian`. */
  readonly modelType: string;
  readonly vocabularySize: number;
  /** The token that targets begin with. */
  readonly decoderStartToken: number;
  readonly paddingToken: number;
  readonly startToken?: number;
  readonly endToken?: number;
  /** Settings of generation that the configuration carries, as Hugging Face spells them: `num_beams`, `bad_words_ids`. */
  readonly generation?: Readonly<Record<string, unknown>>;
}

/** A family of such models as Hugging Face knows it, as a value for lists; nothing registers itself. */
export interface SequenceToSequenceFamily<Config extends SequenceToSequenceConfig = SequenceToSequenceConfig> {
  /** `model_type` of its configurations. */
  readonly modelType: string;
  /** The name of the class. */
  readonly architecture: string;
  readConfig(json: ConfigReader): Config;
  /** What only the checkpoint tells of the model. */
  resolve?(config: Config, checkpoint: Checkpoint): Config;
  writeConfig(config: Config): Record<string, unknown>;
  parts(config: Config): EncoderDecoderParts;
  rules(config: Config): WeightRule[];
  /** Names that checkpoints hold beside these, to be passed over. */
  ignoredTensors(config: Config): readonly string[];
}
