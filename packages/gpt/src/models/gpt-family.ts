import {
  type AttributePart,
  attributeTable,
  type Family,
  type LabelConfig,
  linearRules,
  readLabels,
  readSpecialTokens,
  rule,
  type SpecialTokens,
  type StoredBuffer,
  tokensWithin,
  transposed,
  writeLabels,
  writeSpecialTokens,
} from '@sequitur/pretrained';
import type { CausalConfig, CausalFamily, LanguageModelParts } from '@sequitur/transformer';

/** The common config of decoder-only models. */
export interface GptConfig extends CausalConfig, LabelConfig {
  readonly vocabularySize: number;
  /** Maximum sequence length in tokens; absent where unbounded. */
  readonly contextLength?: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
}

/** The options of a family of decoder-only models. */
export interface GptFamilyOptions<Config extends GptConfig>
  extends Pick<Family<Config>, 'modelType' | 'aliases' | 'prefix' | 'rules'> {
  readonly presets: Readonly<Record<string, Config>>;
  /** Python's classes: the base model, the language model, the classifier. */
  readonly classes: readonly [base: string, languageModel: string, classifier: string];
  /** The special tokens of Python's class for configs without them; default none. */
  readonly tokens?: SpecialTokens;
  /** The name of the head; default `lm_head`. */
  readonly head?: string;
  /** Buffers of the base model, for example stored masks, named after `prefix`. */
  buffers?(config: Config): readonly StoredBuffer[];
  /** The attributes of its configs, without tokens and labels, which all families have. */
  readonly attributes: readonly AttributePart<Config>[];
  build(config: Config): LanguageModelParts;
}

/** A family of decoder-only models; tokens, labels and heads are common to all. */
export function gptFamily<Config extends GptConfig>(options: GptFamilyOptions<Config>): CausalFamily<Config> {
  const { modelType, prefix, presets, head = 'lm_head' } = options;
  const [base, languageModel, classifier] = options.classes;
  const attributes = attributeTable<Config>(...options.attributes);
  return {
    modelType,
    classes: { [base]: 'none', [languageModel]: 'languageModel', [classifier]: 'sequenceClassification' },
    prefix,
    presets,
    aliases: options.aliases ?? {},
    readConfig: (json) => {
      const own = attributes.read(json);
      const tokens = tokensWithin(options.tokens ?? {}, own.vocabularySize);
      return { ...own, ...readSpecialTokens(json, tokens), ...readLabels(json) };
    },
    writeConfig: (config) => ({
      ...writeSpecialTokens(config),
      ...writeLabels(config),
      use_cache: true,
      ...attributes.write(config),
    }),
    build: (config) => options.build(config),
    rules: (config, stackPrefix) => options.rules(config, stackPrefix),
    headRules: (kind) => {
      if (kind === 'languageModel') return linearRules(head, 'head');
      return kind === 'sequenceClassification' ? [rule('score.weight', 'score.weight', transposed)] : [];
    },
    tiedTensors: (config, stackPrefix) => {
      const table = options.rules(config, stackPrefix).find(({ parameters }) => parameters[0] === TABLE)!;
      return config.tied ? [{ tensor: `${head}.weight`, to: table.checkpoint, untied: { tied: false } }] : [];
    },
    storedBuffers: (config, stackPrefix) =>
      (options.buffers?.(config) ?? []).map((buffer) => ({ ...buffer, tensor: stackPrefix + buffer.tensor })),
  };
}

/** The path of the embedding of tokens. */
const TABLE = 'embedding.tokens.weight';
