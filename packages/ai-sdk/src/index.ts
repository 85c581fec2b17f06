export { type SequiturOptions, sequitur } from './sequitur.js';
