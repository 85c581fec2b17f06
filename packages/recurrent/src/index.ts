export * from './architectures.js';
export * from './block-parts.js';
export * from './gru.js';
export * from './lstm.js';
export * from './min-gru.js';
export * from './ops/gru-sequence/index.js';
export * from './ops/lstm-sequence/index.js';
export type { Masks } from './ops/masks.js';
