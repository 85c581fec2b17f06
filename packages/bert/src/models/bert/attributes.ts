import {
  aBoolean,
  type ConfigReader,
  oneOf,
  readLabels,
  readSpecialTokens,
  type SpecialTokens,
  tokensWithin,
  writeLabels,
} from '@sequitur/pretrained';
import type { BertConfig, PositionKind } from '../../config.js';

const POSITIONS: Readonly<Record<string, PositionKind>> = {
  absolute: 'absolute',
  relative_key: 'relativeKey',
  relative_key_query: 'relativeKeyQuery',
};

/** The attributes of labels, tokens and tied weights that all encoders share. */
export function readCommon(
  json: ConfigReader,
  { paddingToken = 0, ...tokens }: SpecialTokens,
  vocabularySize: number,
): Partial<BertConfig> {
  const defaults = { paddingToken, ...tokensWithin(tokens, vocabularySize) };
  const { paddingToken: padding = null, ...special } = readSpecialTokens(json, defaults);
  return {
    ...special,
    paddingToken: padding,
    tied: json.take('tie_word_embeddings', aBoolean, true),
    ...readLabels(json),
  };
}

export function readPositions(json: ConfigReader): PositionKind {
  return POSITIONS[json.take('position_embedding_type', oneOf(Object.keys(POSITIONS)), 'absolute')]!;
}

/** The common attributes in the form of `config.json`. */
export function writeCommon(config: BertConfig): Record<string, unknown> {
  const { startToken, endToken, tied = true } = config;
  return {
    pad_token_id: config.paddingToken === undefined ? 0 : config.paddingToken,
    bos_token_id: startToken ?? null,
    eos_token_id: endToken ?? null,
    ...(!tied && { tie_word_embeddings: false }),
    ...writeLabels(config),
  };
}

/**
 * Dropout before the output projection of a head: `classifier_dropout`, else as everywhere; none for question
 * answering.
 */
export function classifierDropout(config: BertConfig, kind: string): number {
  return kind === 'questionAnswering' ? 0 : (config.classifierDropout ?? config.dropout ?? 0);
}

export function writePositions({ positions = 'absolute' }: BertConfig): string {
  return Object.entries(POSITIONS).find(([, ours]) => ours === positions)![0];
}
