export * from './block.js';
export * from './encoder-stack.js';
export * from './language-model.js';
export * from './positions/index.js';
export * from './post-norm-block.js';
export * from './token-embedding.js';
