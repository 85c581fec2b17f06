import { type ConfigReader, linearsRules, rule, sameRules, type WeightRule } from '@sequitur/pretrained';
import { type GptFamilyOptions, gptFamily } from '../gpt-family.js';
import { type LlamaDefaults, readLlama, writeLlama } from './attributes.js';
import type { LlamaConfig } from './config.js';

type LlamaLikeOptions<Config extends LlamaConfig> = Pick<
  GptFamilyOptions<Config>,
  'modelType' | 'presets' | 'build'
> & {
  /** Prefix of Python's class names. */
  readonly name: string;
  readonly defaults: LlamaDefaults;
  /** Reads the attributes that Llama does not have. */
  readMore(json: ConfigReader): Omit<Config, keyof LlamaConfig> & Partial<Config>;
  writeMore(config: Config): Readonly<Record<string, unknown>>;
};

/** A family of Llama-like models. */
export function llamaLikeFamily<Config extends LlamaConfig>(options: LlamaLikeOptions<Config>) {
  const { modelType, presets, name, defaults, build } = options;
  return gptFamily<Config>({
    modelType,
    presets,
    build,
    classes: [`${name}Model`, `${name}ForCausalLM`, `${name}ForSequenceClassification`],
    prefix: 'model.',
    readConfig: (json) => ({ ...readLlama(json, defaults), ...options.readMore(json) }) as unknown as Config,
    writeConfig: (config) => ({ ...writeLlama(config), ...options.writeMore(config) }),
    rules: (_config, prefix) => rules(prefix),
    // Rotary frequencies, which older checkpoints store.
    buffers: ['layers.{i}.self_attn.rotary_emb.inv_freq', 'rotary_emb.inv_freq'],
  });
}

function rules(prefix: string): WeightRule[] {
  const [layer, block] = [`${prefix}layers.{i}`, 'blocks.{i}'];
  return [
    rule(`${prefix}embed_tokens.weight`, 'embedding.tokens.weight'),
    ...sameRules(`${layer}.input_layernorm`, `${block}.mixerNorm`),
    ...linearsRules(`${layer}.self_attn`, `${block}.mixer`, {
      ...{ q_proj: 'query', k_proj: 'key', v_proj: 'value', o_proj: 'output' },
    }),
    ...sameRules(`${layer}.post_attention_layernorm`, `${block}.feedForwardNorm`),
    ...linearsRules(`${layer}.mlp`, `${block}.feedForward`, { gate_proj: 'gate', up_proj: 'up', down_proj: 'down' }),
    ...sameRules(`${prefix}norm`, 'norm'),
  ];
}
