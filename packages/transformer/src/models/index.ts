import type { EncoderDecoderFamily } from '../sequence-to-sequence/family.js';
import { bartFamily } from './bart/hugging-face.js';
import { blenderbotFamily } from './blenderbot/hugging-face.js';
import { m2m100Family } from './m2m100/hugging-face.js';
import { marianFamily } from './marian/hugging-face.js';
import { mbartFamily } from './mbart/hugging-face.js';
import { pegasusFamily } from './pegasus/hugging-face.js';
import { mt5Family, t5Family, umt5Family } from './t5/hugging-face.js';

export { bartLikeFamily } from './bart/bart-like-family.js';
export type { BartConfig, BartLayout, SequencePositions } from './bart/config.js';
export { type T5Config, t5Presets } from './t5/config.js';
export {
  bartFamily,
  blenderbotFamily,
  m2m100Family,
  marianFamily,
  mbartFamily,
  mt5Family,
  pegasusFamily,
  t5Family,
  umt5Family,
};

/** All families of encoder-decoders of this package. */
export const sequenceToSequenceFamilies: readonly EncoderDecoderFamily[] = [
  ...[t5Family, mt5Family, umt5Family],
  ...[bartFamily, mbartFamily, m2m100Family, marianFamily, blenderbotFamily, pegasusFamily],
];
