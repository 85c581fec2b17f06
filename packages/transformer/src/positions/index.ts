export * from './position-vectors.js';
