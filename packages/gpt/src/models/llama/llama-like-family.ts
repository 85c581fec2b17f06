import {
  type ConfigReader,
  linearsRules,
  rotaryFrequencies,
  rule,
  sameRules,
  type WeightRule,
} from '@sequitur/pretrained';
import { type GptFamilyOptions, gptFamily } from '../gpt-family.js';
import { frequenciesOf } from '../rotary-attributes.js';
import { type LlamaDefaults, readLlama, writeLlama } from './attributes.js';
import type { LlamaConfig } from './config.js';

type LlamaLikeOptions<Config extends LlamaConfig> = Pick<GptFamilyOptions<Config>, 'modelType' | 'presets' | 'build'> &
  Partial<Pick<GptFamilyOptions<Config>, 'aliases' | 'rules' | 'classes' | 'head'>> & {
    /** What the names of Python's classes begin with. */
    readonly name: string;
    readonly defaults: LlamaDefaults;
    /** Reads what Llama does not have. */
    readMore(json: ConfigReader): Omit<Config, keyof LlamaConfig> & Partial<Config>;
    writeMore(config: Config): Readonly<Record<string, unknown>>;
  };

/** A family of models built like Llama, from what distinguishes it. */
export function llamaLikeFamily<Config extends LlamaConfig>(options: LlamaLikeOptions<Config>) {
  const { modelType, presets, name, defaults, build, rules = (_config, prefix) => llamaRules(prefix) } = options;
  return gptFamily<Config>({
    modelType,
    presets,
    build,
    tokens: defaults.tokens ?? {},
    ...(options.aliases && { aliases: options.aliases }),
    classes: options.classes ?? [`${name}Model`, `${name}ForCausalLM`, `${name}ForSequenceClassification`],
    prefix: 'model.',
    readConfig: (json) => ({ ...readLlama(json, defaults), ...options.readMore(json) }) as unknown as Config,
    writeConfig: (config) => ({ ...writeLlama(config, defaults), ...options.writeMore(config) }),
    rules,
    // Older checkpoints store the frequencies.
    buffers: (config) =>
      ['layers.{i}.self_attn.rotary_emb.inv_freq', 'rotary_emb.inv_freq'].map((name) =>
        rotaryFrequencies(name, () => frequenciesOf(config)),
      ),
  });
}

/** Names in a checkpoint, where they are not Llama's: theirs -> ours. */
export interface LlamaNames {
  readonly norms?: Readonly<Record<string, string>>;
  readonly attention?: Readonly<Record<string, string>>;
  readonly feedForward?: Readonly<Record<string, string>>;
  /** The name of the last norm. */
  readonly norm?: string;
}

/** Llama's names. Those of norms and of fused projections may be others. */
export function llamaRules(prefix: string, names: LlamaNames = {}): WeightRule[] {
  const [layer, block] = [`${prefix}layers.{i}`, 'blocks.{i}'];
  const norms = names.norms ?? { input_layernorm: 'mixerNorm', post_attention_layernorm: 'feedForwardNorm' };
  return [
    rule(`${prefix}embed_tokens.weight`, 'embedding.tokens.weight'),
    ...Object.entries(norms).flatMap(([theirs, ours]) => sameRules(`${layer}.${theirs}`, `${block}.${ours}`)),
    ...linearsRules(`${layer}.self_attn`, `${block}.mixer`, {
      ...names.attention, // first, since the first rule of a parameter counts
      ...{ q_proj: 'query', k_proj: 'key', v_proj: 'value', o_proj: 'output' },
    }),
    ...sameRules(`${layer}.self_attn.q_norm`, `${block}.mixer.queryNorm`),
    ...sameRules(`${layer}.self_attn.k_norm`, `${block}.mixer.keyNorm`),
    ...linearsRules(`${layer}.mlp`, `${block}.feedForward`, {
      ...names.feedForward,
      ...{ gate_proj: 'gate', up_proj: 'up', down_proj: 'down' },
    }),
    ...sameRules(`${prefix}${names.norm ?? 'norm'}`, 'norm'),
  ];
}
