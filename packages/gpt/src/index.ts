export * from './gpt.js';
export * from './gpt2/architecture.js';
export * from './gpt2/config.js';
export { gpt2IgnoredTensors, gpt2Rules, readGpt2Config, writeGpt2Config } from './gpt2/hugging-face.js';
export * from './recurrent-memory/index.js';
export * from './transformer-xl/index.js';
