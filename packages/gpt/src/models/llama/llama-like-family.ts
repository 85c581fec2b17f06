import { type AttributePart, rotaryFrequencies, type WeightRule } from '@sequitur/pretrained';
import { type GptFamilyOptions, gptFamily } from '../gpt-family.js';
import { frequenciesOf } from '../rotary-attributes.js';
import { type LlamaDefaults, llamaAttributes } from './attributes.js';
import type { LlamaConfig } from './config.js';
import { type LlamaNames, llamaRules } from './rules.js';

/** The differences of a family from Llama. */
interface LlamaLikeOptions<Config extends LlamaConfig>
  extends Pick<GptFamilyOptions<Config>, 'modelType' | 'presets' | 'build'>,
    Partial<Pick<GptFamilyOptions<Config>, 'aliases' | 'classes' | 'head'>> {
  /** Prefix of the names of Python's classes. */
  readonly name: string;
  readonly defaults: LlamaDefaults;
  /** The attributes that Llama does not have. */
  readonly attributes?: readonly AttributePart<Config>[];
  /** Names of tensors where they are not Llama's. */
  readonly names?: LlamaNames | ((config: Config) => LlamaNames);
  /** Tensors of a layer that Llama does not have, or not in this form. */
  rules?(config: Config, layer: string, block: string): readonly WeightRule[];
}

/** A family of models built like Llama, from its differences. */
export function llamaLikeFamily<Config extends LlamaConfig>(options: LlamaLikeOptions<Config>) {
  const { modelType, presets, build, name, defaults, attributes = [], names = {} } = options;
  return gptFamily<Config>({
    modelType,
    presets,
    build,
    tokens: defaults.tokens ?? {},
    ...(options.aliases && { aliases: options.aliases }),
    classes: options.classes ?? [`${name}Model`, `${name}ForCausalLM`, `${name}ForSequenceClassification`],
    prefix: 'model.',
    attributes: [llamaAttributes(defaults) as AttributePart<Config>, ...attributes],
    rules: (config, prefix) => [
      ...(options.rules?.(config, `${prefix}layers.{i}`, 'blocks.{i}') ?? []),
      ...llamaRules(prefix, typeof names === 'function' ? names(config) : names),
    ],
    // Older checkpoints store the frequencies.
    buffers: (config) =>
      ['layers.{i}.self_attn.rotary_emb.inv_freq', 'rotary_emb.inv_freq'].map((buffer) =>
        rotaryFrequencies(buffer, () => frequenciesOf(config)),
      ),
  });
}
