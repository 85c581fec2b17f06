export * from './memory-replay.js';
export * from './recurrent-memory-model.js';
export * from './segment-lengths.js';
