export { type BigBirdOptions, bigBirdAttention, bigBirdPatterns, bigBirdWeights } from './big-bird-attention.js';
export {
  type LongformerOptions,
  longformerAttention,
  longformerPattern,
  type Projections,
} from './longformer-attention.js';
