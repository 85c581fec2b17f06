export type { MemoryTransformerXlConfig } from './config.js';
export { memoryTransformerXlFamily } from './hugging-face.js';
export * from './model.js';
