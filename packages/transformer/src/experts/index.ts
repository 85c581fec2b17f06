export * from './expert-linear.js';
export * from './gated-experts.js';
export * from './load-balance.js';
export * from './mixture-of-experts.js';
export * from './router.js';
