export * from './binary-cross-entropy.js';
export * from './cross-entropy.js';
export * from './mean-squared-error.js';
