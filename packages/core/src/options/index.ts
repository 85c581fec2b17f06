export * from './check-options.js';
export * as option from './kinds.js';
export { shorten, showValue } from './show-value.js';
