import { activationNames } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  anInteger,
  aPositive,
  aShare,
  type ConfigReader,
  defined,
  oneOf,
  type SpecialTokens,
} from '@sequitur/pretrained';
import { readRotary, writeRotaryScaling } from '../rotary-attributes.js';
import type { LlamaConfig } from './config.js';

/** The defaults of Python's classes for attributes that config.json does not have. */
export interface LlamaDefaults {
  readonly vocabularySize: number;
  readonly width: number;
  readonly hiddenWidth: number;
  readonly depth: number;
  readonly heads: number;
  /** Absent: as many as heads. */
  readonly keyHeads?: number;
  readonly contextLength: number;
  readonly headSize?: number;
  readonly tied?: boolean;
  readonly activation?: string;
  readonly normEpsilon?: number;
  readonly rotaryBase?: number;
  readonly initializerRange?: number;
  readonly tokens?: SpecialTokens;
  /** Share of each head that is rotated, in families that read one. */
  readonly partialRotaryFactor?: number;
  /** Names of attributes where they are not Llama's. */
  readonly names?: { readonly activation?: string; readonly epsilon?: string };
}

/** Reads what Llama and the models built like it have in common. */
export function readLlama(json: ConfigReader, defaults: LlamaDefaults): LlamaConfig {
  const { activation = 'hidden_act', epsilon = 'rms_norm_eps' } = defaults.names ?? {};
  const heads = json.take('num_attention_heads', aCount, defaults.heads);
  const contextLength = json.take('max_position_embeddings', anInteger(), defaults.contextLength);
  const keyHeads = json.has('num_key_value_heads') ? heads : (defaults.keyHeads ?? heads);
  return defined({
    vocabularySize: json.take('vocab_size', anInteger(), defaults.vocabularySize),
    contextLength,
    width: json.take('hidden_size', anInteger(), defaults.width),
    depth: json.take('num_hidden_layers', aCount, defaults.depth),
    heads,
    keyHeads: json.take('num_key_value_heads', aCount, keyHeads),
    headSize: json.maybe('head_dim', anInteger()) ?? defaults.headSize,
    hiddenWidth: json.take('intermediate_size', anInteger(), defaults.hiddenWidth),
    activation: json.take(activation, oneOf(activationNames), defaults.activation ?? 'silu'),
    normEpsilon: json.take(epsilon, aPositive, defaults.normEpsilon ?? 1e-6),
    ...readRotary(json, contextLength, {
      bases: ['rope_theta'],
      shares: defaults.partialRotaryFactor === undefined ? [] : ['partial_rotary_factor'],
      base: defaults.rotaryBase,
      share: defaults.partialRotaryFactor,
    }),
    tied: json.take('tie_word_embeddings', aBoolean, defaults.tied ?? false),
    attentionDropout: json.take('attention_dropout', aShare, 0),
    initializerRange: json.take('initializer_range', aPositive, defaults.initializerRange ?? 0.02),
  }) as LlamaConfig;
}

/** What `readLlama` reads, as config.json spells it. */
export function writeLlama(
  config: LlamaConfig,
  { names = {}, headSize, partialRotaryFactor }: Partial<LlamaDefaults> = {},
): Record<string, unknown> {
  // What the class would take where nothing is said, which is not what the model is built with.
  const ownHeadSize = config.headSize ?? (headSize && config.width / config.heads);
  const ownFactor = config.partialRotaryFactor ?? (partialRotaryFactor && 1);
  return {
    vocab_size: config.vocabularySize,
    max_position_embeddings: config.contextLength,
    hidden_size: config.width,
    num_hidden_layers: config.depth,
    num_attention_heads: config.heads,
    num_key_value_heads: config.keyHeads ?? config.heads,
    ...(ownHeadSize !== undefined && { head_dim: ownHeadSize }),
    intermediate_size: config.hiddenWidth,
    [names.activation ?? 'hidden_act']: config.activation ?? 'silu',
    [names.epsilon ?? 'rms_norm_eps']: config.normEpsilon ?? 1e-6,
    rope_theta: config.rotaryBase ?? 10000,
    ...(ownFactor !== undefined && { partial_rotary_factor: ownFactor }),
    ...(config.rotaryScaling && { rope_scaling: writeRotaryScaling(config.rotaryScaling) }),
    tie_word_embeddings: config.tied ?? false,
    attention_dropout: config.attentionDropout ?? 0,
    initializer_range: config.initializerRange ?? 0.02,
  };
}
