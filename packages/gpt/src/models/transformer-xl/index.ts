export type { TransformerXlConfig } from './config.js';
export { transformerXlFamily } from './hugging-face.js';
export * from './model.js';
export type { CreateTransformerXlOptions, LoadTransformerXlOptions } from './pretrained-transformer-xl.js';
