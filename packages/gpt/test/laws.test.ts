import { architectureLaws } from '@sequitur/laws';
import {
  bloom,
  falcon,
  gemma,
  gpt2,
  gptNeo,
  gptNeox,
  lfm2,
  llama,
  mistral,
  mixtral,
  opt,
  qwen2,
} from '../src/index.js';

const size = { vocabularySize: 11, contextLength: 12, width: 12, depth: 2, heads: 3 };
const gated = { ...size, hiddenWidth: 10 };
/** Windows count positions: padding between tokens is refused. */
const windowed = { innerPadding: false };

architectureLaws(gpt2, size);
architectureLaws(gptNeox, { ...size, hiddenWidth: 10, partialRotaryFactor: 0.5 });
architectureLaws(gptNeo, { ...size, hiddenWidth: 10, reaches: ['global', 'local'], window: 3 }, windowed);
architectureLaws(llama, { ...gated, width: 8, heads: 4, keyHeads: 2, attentionBias: true, tied: true });
architectureLaws(mistral, { ...gated, width: 8, heads: 2, keyHeads: 1, window: 6 }, windowed);
architectureLaws(qwen2, { ...gated, width: 8, heads: 2, window: 3, firstWindowedBlock: 1 }, windowed);
architectureLaws(gemma, { ...gated, headSize: 6, keyHeads: 1, tied: true });
architectureLaws(bloom, { vocabularySize: 11, width: 12, depth: 2, heads: 3, residualFromNorm: true });
architectureLaws(falcon, { ...gated, width: 8, heads: 4, keyHeads: 2, newDecoder: true, norms: 2 });
architectureLaws(opt, { ...gated, activation: 'gelu', embeddingWidth: 5, preNorm: false, tied: true });
architectureLaws(lfm2, { ...gated, headSize: 4, attends: [false, true] });
// All experts are active, since differences jump where a choice changes.
architectureLaws(mixtral, { ...gated, width: 8, heads: 2, keyHeads: 1, experts: 3, activeExperts: 3 });
