import {
  type AttributePart,
  type AttributeTable,
  aBoolean,
  anInteger,
  aShare,
  attribute,
  EAGER,
  readLabels,
  readSpecialTokens,
  type SpecialTokens,
  tokensWithin,
  writeLabels,
} from '@sequitur/pretrained';
import type { BertConfig, PositionKind } from '../../config.js';

/** The defaults of Python's class for attributes that the config does not have. */
export interface EncoderDefaults extends SpecialTokens {
  readonly vocabularySize?: number;
  readonly activation?: string;
  /** There must be a padding token, since positions are counted from it; default false. */
  readonly needsPadding?: boolean;
}

/** The attributes of labels, tokens and tied weights that all encoders share. */
export function encoderTokens(defaults: EncoderDefaults): AttributeTable<Partial<BertConfig>> {
  const { vocabularySize = 30522, activation: _, needsPadding = false, paddingToken: usual = 0, ...tokens } = defaults;
  return {
    read: (json) => {
      const needed = needsPadding ? json.take('pad_token_id', anInteger(0), usual) : null;
      const within = tokensWithin(tokens, json.take('vocab_size', anInteger(), vocabularySize));
      const { paddingToken = needed, ...special } = readSpecialTokens(json, { paddingToken: usual, ...within });
      const tied = json.take('tie_word_embeddings', aBoolean, true);
      return { ...special, paddingToken, tied, ...readLabels(json) };
    },
    write: ({ startToken, endToken, paddingToken = needsPadding ? usual : 0, tied = true, ...labels }) => ({
      pad_token_id: paddingToken ?? (needsPadding ? usual : null),
      bos_token_id: startToken ?? null,
      eos_token_id: endToken ?? null,
      ...(!tied && { tie_word_embeddings: false }),
      ...writeLabels(labels),
    }),
  };
}

const POSITIONS: Readonly<Record<string, PositionKind>> = {
  absolute: 'absolute',
  relative_key: 'relativeKey',
  relative_key_query: 'relativeKeyQuery',
};

/** The attributes that BERT shares with its descendants, all but the number of positions. */
export function bertAttributes(defaults: EncoderDefaults = {}): readonly AttributePart<BertConfig>[] {
  const { vocabularySize = 30522, activation = 'gelu' } = defaults;
  return [
    encoderTokens(defaults),
    {
      vocabularySize: attribute.integer('vocab_size', vocabularySize),
      width: attribute.integer('hidden_size', 768),
      depth: attribute.count('num_hidden_layers', 12),
      heads: attribute.count('num_attention_heads', 12),
      hiddenWidth: attribute.integer('intermediate_size', 3072, ({ width }) => 4 * width),
      normEpsilon: attribute.positive('layer_norm_eps', 1e-12),
      tokenTypeCount: attribute.integer('type_vocab_size', 2),
      dropout: attribute.dropout('hidden_dropout_prob', 0.1),
      attentionDropout: attribute.dropout('attention_probs_dropout_prob', 0.1),
      initializerRange: attribute.positive('initializer_range', 0.02),
      activation: attribute.activation('hidden_act', activation),
      positions: attribute.spelled('position_embedding_type', POSITIONS, 'absolute'),
    },
    attribute.written<BertConfig>(({ positions = 'absolute' }) => (positions === 'absolute' ? {} : EAGER)),
    { classifierDropout: attribute.nullable('classifier_dropout', aShare) },
    attribute.written(() => ({ use_cache: true })),
  ];
}

/** The only kind of some classes, which do not write it. */
export const absolutePositions: readonly AttributePart<BertConfig>[] = [
  attribute.fixed({ position_embedding_type: 'absolute' }, { written: false }),
  attribute.written(() => ({ position_embedding_type: undefined })),
];

/** The number of positions. */
export const contextLength = (absent = 512) => attribute.integer('max_position_embeddings', absent);

/**
 * Dropout before the output projection of a head: `classifier_dropout`, else as everywhere; none for question
 * answering.
 */
export function classifierDropout(config: BertConfig, kind: string): number {
  return kind === 'questionAnswering' ? 0 : (config.classifierDropout ?? config.dropout ?? 0);
}
