export { beforeStop } from './before-stop.js';
export { type CompleteOptions, completeText, missingTokenizer, type Writer } from './complete-text.js';
export { type TextGenerationContext, withCheckpointSettings } from './generation-options.js';
export { type Stop, stopStringsOf, type TextGenerateOptions, withDecodedStop } from './stop-strings.js';
export { type TextPiecesOptions, textPieces } from './text-pieces.js';
