export {
  bert,
  bigBirdEncoder,
  distilbertEncoder,
  encoderCost,
  longformerEncoder,
  robertaEncoder,
} from './architectures.js';
export * from './batch.js';
export * from './bert.js';
export {
  BigBirdMixer,
  type BigBirdMixerOptions,
  type ChosenBlockIds,
  firstBlocks,
  isSparse,
} from './big-bird/attention.js';
export type { BigBirdConfig } from './big-bird/config.js';
export { BigBirdEncoder } from './big-bird/encoder.js';
export * from './config.js';
export * from './embedding.js';
export * from './encoder.js';
export * from './families/index.js';
export * from './head-loss.js';
export * from './heads/index.js';
export { type FoundModel, type FoundWeights, familyOfConfig } from './load.js';
export { LongformerMixer, type LongformerMixerOptions } from './longformer/attention.js';
export type { LongformerConfig } from './longformer/config.js';
export { architectureOf, rulesOf } from './names.js';
export * from './pretraining/index.js';
export * from './relative-key-attention.js';
export * from './tasks/index.js';
