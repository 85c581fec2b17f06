export * from './data-files.js';
export * from './first-batches.js';
export * from './held-out.js';
export { learn } from './learn.js';
export type * from './lesson.js';
export * from './options.js';
export * from './results.js';
export * from './run-recipe.js';
