export * from './attributes.js';
export * from './config-reader.js';
export { parseJson } from './json.js';
export * from './labels.js';
export * from './special-tokens.js';
