export * from './conditioned-decoder.js';
export * from './cost.js';
export * from './encoder-decoder.js';
export { families as sequenceToSequenceFamilies } from './families.js';
export * from './family.js';
export * from './sequence-embedding.js';
export * from './sequence-to-sequence.js';
export * from './sides.js';
export * from './translation-loss.js';
