export * from './generate.js';
export * from './hugging-face/read-settings.js';
export { type GenerationPrompt, type GenerationSettings, paddingOf } from './hugging-face/settings.js';
export type * from './options.js';
export type { LogitsProcessor, SequenceSoFar } from './processors/index.js';
export * as logitsProcessors from './processors/index.js';
export type { Finish, GenerationStep } from './row.js';
