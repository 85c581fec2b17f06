export * from './alibi.js';
export * from './positions.js';
export { type BucketSettings, relativeBucket } from './relative-bucket.js';
export * from './relative-buckets.js';
export * from './rotary.js';
export { type RotaryScaling, rotaryAmplitude } from './rotary-frequencies.js';
export * from './sinusoidal.js';
