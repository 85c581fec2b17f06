export * from './data-files.js';
export * from './held-out.js';
export { learn } from './learn.js';
export type * from './lesson.js';
export * from './options.js';
export { type PairLessonOptions, pairLesson } from './pair-lesson.js';
export * from './results.js';
export * from './run-recipe.js';
export { type SmallTransformerSize, smallTransformer } from './small-transformer.js';
