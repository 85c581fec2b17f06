export type { AlibiBias, BucketBias, ScoreBias, TensorBias } from './score-bias.js';
