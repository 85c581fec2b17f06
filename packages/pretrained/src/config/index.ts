export { parseJson } from '../files/json.js';
export { type AttributeEntry, type AttributeTable, attributeTable } from './attribute-table.js';
export * from './attributes.js';
export * from './config-reader.js';
export * from './labels.js';
export * from './special-tokens.js';
