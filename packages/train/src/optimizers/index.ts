export * from './adam.js';
export * from './adam-w.js';
export * from './lion.js';
export * from './optimizer.js';
export * from './sgd.js';
export * from './state.js';
