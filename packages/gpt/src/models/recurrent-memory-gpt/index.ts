export type { RecurrentMemoryGptConfig } from './config.js';
export { recurrentMemoryGptFamily } from './hugging-face.js';
export * from './model.js';
