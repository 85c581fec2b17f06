export { Batches } from './batches.js';
export { joinDocuments, type PackedBatch, type PackingOptions, packedWindows } from './documents.js';
export { type ShuffledBatchOptions, shuffledBatches } from './shuffled-batches.js';
export {
  consecutiveWindows,
  randomWindows,
  type SeededWindowOptions,
  shuffledWindows,
  type WindowBatch,
  type WindowOptions,
} from './windows.js';
