export type { TrainingTexts } from './count-words.js';
export { type ByteLevelTrainingOptions, trainByteLevelTokenizer } from './train-byte-level.js';
export { trainUnigramTokenizer } from './train-unigram.js';
export { trainWordPieceTokenizer, type WordPieceTrainingOptions } from './train-word-piece.js';
export type { TrainingProgress, VocabularyTrainingOptions } from './training-options.js';
