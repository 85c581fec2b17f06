export { parseJson } from '../files/json.js';
export * as attribute from './attribute.js';
export * from './attribute-table.js';
export * from './attributes.js';
export * from './config-reader.js';
export * from './labels.js';
export * from './special-tokens.js';
