export * from './translate.js';
export * from './write-from.js';
