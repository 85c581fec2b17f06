export * from './dropout.js';
export * from './embedding.js';
export * from './feed-forward.js';
export * from './linear.js';
export * from './norm.js';
