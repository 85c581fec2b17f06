export { generate } from './generate.js';
export type { LogitsProcessor, SequenceSoFar } from './logits-processors.js';
export type { GenerateOptions } from './options.js';
