export * from './architecture.js';
export * from './auto.js';
export type { CheckpointMetadata } from './checkpoint-metadata.js';
export { type FamilyConfig, readFamilyConfig, writeFamilyConfig } from './config-of-family.js';
export { entryPoints } from './entry-points.js';
export * from './family.js';
export type { WantedHead } from './heads.js';
export * from './load-pretrained.js';
export * from './save-pretrained.js';
