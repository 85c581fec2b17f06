import { aCount, anInteger, attribute, attributeTable, type SpecialTokens } from '@sequitur/pretrained';
import { rotary } from '../rotary-attributes.js';
import type { LlamaConfig } from './config.js';

/** The defaults of Python's classes for attributes that config.json does not have. */
export interface LlamaDefaults {
  readonly vocabularySize: number;
  readonly width: number;
  readonly hiddenWidth: number;
  readonly depth: number;
  readonly heads: number;
  /** Key and value heads; default the number of heads. */
  readonly keyHeads?: number;
  readonly contextLength: number;
  readonly headSize?: number;
  readonly tied?: boolean;
  readonly activation?: string;
  readonly normEpsilon?: number;
  readonly rotaryBase?: number;
  readonly initializerRange?: number;
  readonly tokens?: SpecialTokens;
  /** Fraction of each head that is rotated, in families that read one. */
  readonly partialRotaryFactor?: number;
  /** Names of attributes where they are not Llama's. */
  readonly names?: { readonly activation?: string; readonly epsilon?: string };
}

/** The attributes that Llama and the models built like it have in common. */
export function llamaAttributes(defaults: LlamaDefaults) {
  const { activation = 'hidden_act', epsilon = 'rms_norm_eps' } = defaults.names ?? {};
  return attributeTable<LlamaConfig>(
    {
      vocabularySize: attribute.integer('vocab_size', defaults.vocabularySize),
      contextLength: attribute.integer('max_position_embeddings', defaults.contextLength),
      width: attribute.integer('hidden_size', defaults.width),
      depth: attribute.count('num_hidden_layers', defaults.depth),
      heads: attribute.count('num_attention_heads', defaults.heads),
      // Null means as many as heads, regardless of the default of the class.
      keyHeads: {
        read: (json, { heads }) =>
          json.take(KEY_HEADS, aCount, json.has(KEY_HEADS) ? heads : (defaults.keyHeads ?? heads)),
        write: (value, { heads }) => ({ [KEY_HEADS]: value ?? heads }),
      },
      // Our default is width / heads, regardless of that of the class.
      headSize: attribute.optional('head_dim', anInteger(), defaults.headSize, ({ width, heads }) =>
        defaults.headSize === undefined ? undefined : width / heads,
      ),
      hiddenWidth: attribute.integer('intermediate_size', defaults.hiddenWidth),
      activation: attribute.activation(activation, defaults.activation ?? 'silu', 'silu'),
      normEpsilon: attribute.positive(epsilon, defaults.normEpsilon ?? 1e-6, 1e-6),
    },
    rotary({ base: defaults.rotaryBase, share: defaults.partialRotaryFactor }),
    {
      tied: attribute.flag('tie_word_embeddings', defaults.tied ?? false, false),
      attentionDropout: attribute.dropout('attention_dropout'),
      initializerRange: attribute.positive('initializer_range', defaults.initializerRange ?? 0.02, 0.02),
    },
  );
}

const KEY_HEADS = 'num_key_value_heads';
