export * from './adam-w.js';
export * from './optimizer.js';
export * from './schedule.js';
export * from './train.js';
export * from './train-step.js';
