export { nameError } from './name-error.js';
export { type NameRenewal, nameRenewer } from './renewed-names.js';
export { encodeSentences, taggedBatches } from './tagged-batches.js';
export type { TaggedSentence } from './tagged-sentences.js';
export type { RecognizerRecipe } from './train-recognizer.js';
export { tagsOfEntities, written } from './words-of-tokens.js';
