export * from './checkpoints/index.js';
export type { TrainingData } from './data-reader.js';
export * from './evaluate.js';
export * from './losses.js';
export * from './optimizers/index.js';
export * from './schedules.js';
export * from './train.js';
export type * from './train-options.js';
export * from './train-step.js';
