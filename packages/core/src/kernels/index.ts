export * from './activation/by-name.js';
export * from './activation/index.js';
export * from './adam-w-step/index.js';
export { dropout as dropElements } from './dropout/index.js';
export * from './embed/index.js';
export * from './global-norm/index.js';
export * from './layer-norm/index.js';
export * from './rms-norm/index.js';
export * from './softmax-cross-entropy/index.js';
