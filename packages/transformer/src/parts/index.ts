export * from './attention.js';
export * from './block-part.js';
export * from './language-model.js';
export * from './recurrent-attention.js';
