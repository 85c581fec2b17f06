export type { TransformerXlConfig } from './config.js';
export {
  readTransformerXlConfig,
  transformerXlIgnoredTensors,
  transformerXlRules,
  writeTransformerXlConfig,
} from './hugging-face.js';
export * from './transformer-xl.js';
