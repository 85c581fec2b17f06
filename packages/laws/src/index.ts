export * from './gradient-check.js';
export * from './on-each-backend.js';
