import { anInteger, attribute } from '@sequitur/pretrained';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { buildPhi3 } from './build.js';
import { type Phi3Config, phi3Presets } from './config.js';

/** Phi-3 and Phi-4-mini (Abdin et al. 2024): a Mistral whose projections are stored fused. */
export const phi3Family = llamaLikeFamily<Phi3Config>({
  modelType: 'phi3',
  name: 'Phi3',
  presets: phi3Presets,
  defaults: {
    tokens: { startToken: 1, endToken: 32000, paddingToken: 32000 },
    ...{ vocabularySize: 32064, width: 3072, hiddenWidth: 8192, depth: 32, heads: 32, contextLength: 4096 },
    ...{ normEpsilon: 1e-5, partialRotaryFactor: 1 },
  },
  attributes: [
    {
      window: attribute.nullable('sliding_window', anInteger()),
      residualDropout: attribute.dropout('resid_pdrop'),
      trainedLength: attribute.integer('original_max_position_embeddings', 4096, ({ contextLength }) => contextLength),
    },
  ],
  names: { fusedProjections: true, fusedGate: true },
  build: buildPhi3,
});
