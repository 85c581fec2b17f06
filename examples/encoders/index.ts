export * from './hidden-tokens.js';
export { maskedTexts, specialIdsOf } from './masked-texts.js';
export * from './padded-batch.js';
export { preTrain, sizeOf } from './pre-train.js';
export * from './pre-trained.js';
export * from './saved-model.js';
export * from './train-encoder.js';
export { trainOnBatches } from './train-on-batches.js';
