export * from './block.js';
export * from './language-model.js';
export * from './token-embedding.js';
