export { type CompleteOptions, completeText, missingTokenizer, type Writer } from './complete-text.js';
export { textPieces } from './text-pieces.js';
