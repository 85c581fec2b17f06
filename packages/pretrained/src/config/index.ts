export { parseJson } from '../files/json.js';
export * from './attributes.js';
export * from './config-reader.js';
export * from './labels.js';
export * from './special-tokens.js';
