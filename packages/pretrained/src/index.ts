export { type Checkpoint, fromFiles, openCheckpoint } from './checkpoint.js';
export * from './config.js';
export { blobFile, filesSink, filesSource } from './files/blobs.js';
export * from './files/file-source.js';
export { folderSink, folderSource } from './files/folder.js';
export { type DownloadProgress, type HubOptions, hubSource } from './files/hub.js';
export { type CheckpointLocation, openSink, openSource } from './files/open-source.js';
export { type UrlOptions, urlSource } from './files/url.js';
export { type LoadOptions, type LoadProgress, loadWeights } from './load.js';
export type { SafetensorsDtype, StoredValues, WeightDtype } from './safetensors/dtypes.js';
export { SafetensorsFile, type StoredTensor } from './safetensors/reader.js';
export { safetensorsChunks, type TensorToWrite } from './safetensors/writer.js';
export { type SaveOptions, saveWeights, writeJson } from './save.js';
export { storedDtype, torchDtypes } from './stored-dtype.js';
export * from './stored-form.js';
export {
  type Conversion,
  type Correspondence,
  correspondences,
  fits,
  rule,
  same,
  sideBySide,
  transposed,
  transposedSideBySide,
  type WeightRule,
} from './weight-map.js';
