import { albertFamily } from './albert/hugging-face.js';
import { bertFamily } from './bert/hugging-face.js';
import { bigBirdFamily } from './big-bird/hugging-face.js';
import { debertaV2Family } from './deberta-v2/hugging-face.js';
import { distilbertFamily } from './distilbert/hugging-face.js';
import { electraFamily } from './electra/hugging-face.js';
import type { EncoderFamily } from './encoder-family.js';
import { longformerFamily } from './longformer/hugging-face.js';
import { modernBertFamily } from './modernbert/hugging-face.js';
import { robertaFamily } from './roberta/hugging-face.js';
import { xlmRobertaFamily } from './xlm-roberta/hugging-face.js';

export type { AlbertConfig } from './albert/config.js';
export { bertPresets } from './bert/config.js';
export {
  BigBirdMixer,
  type BigBirdMixerOptions,
  type ChosenBlockIds,
  firstBlocks,
  isSparse,
} from './big-bird/attention.js';
export type { BigBirdConfig } from './big-bird/config.js';
export { BigBirdEncoder } from './big-bird/encoder.js';
export { DisentangledAttention } from './deberta-v2/attention.js';
export type { DebertaConfig } from './deberta-v2/config.js';
export type { EncoderFamily, EncoderParts } from './encoder-family.js';
export { LongformerMixer, type LongformerMixerOptions } from './longformer/attention.js';
export type { LongformerConfig } from './longformer/config.js';
export type { ModernBertConfig } from './modernbert/config.js';
export {
  albertFamily,
  bertFamily,
  bigBirdFamily,
  debertaV2Family,
  distilbertFamily,
  electraFamily,
  longformerFamily,
  modernBertFamily,
  robertaFamily,
  xlmRobertaFamily,
};

/** All families of encoder-only models of this package. */
export const bertFamilies: readonly EncoderFamily[] = [
  ...[bertFamily, robertaFamily, distilbertFamily],
  ...[xlmRobertaFamily, electraFamily, albertFamily as unknown as EncoderFamily],
  ...[modernBertFamily as unknown as EncoderFamily, debertaV2Family as unknown as EncoderFamily],
  ...[longformerFamily, bigBirdFamily],
];
