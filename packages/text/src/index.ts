export * from './corpora/windows.js';
export * from './tokenizers/index.js';
