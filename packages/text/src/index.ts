export * from './completion/index.js';
export * from './corpora/index.js';
export * from './datasets/index.js';
export * from './metrics/index.js';
export * from './tokenizers/index.js';
export * from './training/index.js';
