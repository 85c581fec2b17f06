import { anInteger, aShare, defined } from '@sequitur/pretrained';
import { fusedGateRules, fusedProjectionRules } from '../fused-rules.js';
import { llamaLikeFamily, llamaRules } from '../llama/llama-like-family.js';
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
  readMore: (json) =>
    defined({
      window: json.maybe('sliding_window', anInteger()),
      residualDropout: json.take('resid_pdrop', aShare, 0),
      trainedLength: json.take('original_max_position_embeddings', anInteger(), 4096),
    }) as Phi3Config,
  writeMore: ({ window, residualDropout = 0, trainedLength, contextLength }) => ({
    sliding_window: window ?? null,
    resid_pdrop: residualDropout,
    original_max_position_embeddings: trainedLength ?? contextLength,
  }),
  build: buildPhi3,
  rules: (_config, prefix) => [...fusedGateRules(prefix), ...fusedProjectionRules(prefix), ...llamaRules(prefix)],
});
