export * from './conditioned-decoder.js';
export * from './cost.js';
export * from './encoder-decoder.js';
export * from './family.js';
export * from './pair-batch.js';
export * from './sides.js';
export * from './translation-loss.js';
