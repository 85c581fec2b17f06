export * from './architectures.js';
export * from './block-parts.js';
export * from './gru.js';
export * from './gru-sequence/index.js';
export * from './lstm.js';
export * from './lstm-sequence/index.js';
export type { Masks } from './masks.js';
export * from './min-gru.js';
