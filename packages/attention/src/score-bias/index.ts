export { alibiValues } from './alibi.js';
export { bucketValues } from './relative-buckets.js';
export type { AlibiBias, BucketBias, ScoreBias, TensorBias } from './score-bias.js';
