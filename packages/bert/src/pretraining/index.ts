export * from './masking.js';
export * from './pre-training-data.js';
export * from './sentence-pairs.js';
