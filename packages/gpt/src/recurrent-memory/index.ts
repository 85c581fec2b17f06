export {
  memoryTransformerXlIgnoredTensors,
  memoryTransformerXlRules,
  readMemoryTransformerXlConfig,
} from './hugging-face.js';
export * from './memory-transformer-xl.js';
export * from './recurrent-memory-gpt.js';
