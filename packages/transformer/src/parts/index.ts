export * from './attention.js';
export { blockAround, type FeedForwardOptions, headsOf, type Projections } from './block-around.js';
export * from './block-part.js';
export * from './language-model.js';
export * from './recurrent-attention.js';
