export { type Checkpoint, fromFiles, openCheckpoint } from '../safetensors/checkpoint.js';
export {
  blocksInTurn,
  type Conversion,
  depthwise,
  interleavedColumns,
  same,
  sideBySide,
  stackedOf,
  stackedRows,
  transposed,
  transposedSideBySide,
} from './conversions.js';
export { type LoadOptions, type LoadProgress, loadWeights } from './load-weights.js';
export * from './rules.js';
export { type SaveOptions, saveWeights } from './save-weights.js';
export { storedDtype } from './stored-dtype.js';
export { type Correspondence, correspondences, fits, rule, storedTensors, type WeightRule } from './weight-map.js';
