export * from './character-tokenizer.js';
export * from './hugging-face-tokenizer.js';
export * from './tokenizer.js';
export * from './windows.js';
