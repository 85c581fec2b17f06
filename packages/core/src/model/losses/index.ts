export * from './binary-cross-entropy.js';
export * from './cross-entropy.js';
export * from './label-tensor.js';
export * from './loss-context.js';
export * from './mean-squared-error.js';
