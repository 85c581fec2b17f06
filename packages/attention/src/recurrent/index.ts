export * from './infini-attention.js';
export * from './linear-attention.js';
export * from './relative-scores.js';
export * from './segments.js';
export * from './transformer-xl-attention.js';
export type { TransformerXlAttentionOptions } from './transformer-xl-options.js';
