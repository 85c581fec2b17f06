export * from './adam.js';
export * from './adam-w.js';
export * from './lion.js';
export * from './memory.js';
export * from './optimizer.js';
export * from './sgd.js';
