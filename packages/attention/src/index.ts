export { causal, full, type Pattern, type ScoreBias, slidingWindow } from './attend.js';
export * from './cross-attention.js';
export * from './key-value-memory.js';
export * from './multi-head-attention.js';
export * from './positions/index.js';
export { ProjectedAttention, type ProjectionOptions } from './projected-attention.js';
export * from './recurrent/index.js';
export * from './rotary/index.js';
export * from './scaled-dot-product/index.js';
