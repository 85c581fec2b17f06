export * from './chosen-sequences.js';
export * from './forced-tokens.js';
export * from './lengths.js';
export * from './penalties.js';
export type { LogitsProcessor, SequenceSoFar } from './processor.js';
export * from './repeated-ngrams.js';
export * from './scaling.js';
export * from './truncation.js';
