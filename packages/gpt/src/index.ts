export * from './architectures.js';
export * from './families/index.js';
export { type LlamaVariation, llamaParts } from './families/llama/parts.js';
export type { ClassificationProblem, GptClasses, GptConfig, GptFamily } from './family.js';
export * from './gpt.js';
export * from './gpt-classifier.js';
export { fillGpt, type LoadGptOptions, readGptConfig, rulesOf, type StoredAs } from './open-gpt.js';
export * from './recurrent-memory/index.js';
export * from './transformer-xl/index.js';
