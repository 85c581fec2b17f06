export * from './architectures.js';
export * from './block-parts.js';
export { type MambaConfig, mambaPresets } from './models/mamba/config.js';
export { mambaFamily, mambaMixerRules } from './models/mamba/hugging-face.js';
export * from './models/mamba/model.js';
export { type Mamba2Config, mamba2Presets } from './models/mamba2/config.js';
export { mamba2Family } from './models/mamba2/hugging-face.js';
export * from './models/mamba2/model.js';
export type { S4dConfig } from './models/s4d/config.js';
