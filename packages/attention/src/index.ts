export * from './key-value-memory.js';
export * from './multi-head-attention.js';
export * from './scaled-dot-product/index.js';
