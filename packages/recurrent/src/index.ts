export * from './architectures.js';
export * from './block-parts.js';
export * from './gru.js';
export * from './lstm.js';
export * from './min-gru.js';
