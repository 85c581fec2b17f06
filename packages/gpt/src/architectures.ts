import { architectureOf } from '@sequitur/pretrained';
import type { CausalFamily } from '@sequitur/transformer';
import { Gpt } from './gpt.js';
import {
  bloomFamily,
  falconFamily,
  type GptConfig,
  gemmaFamily,
  gpt2Family,
  gptNeoFamily,
  gptNeoxFamily,
  lfm2Family,
  llamaFamily,
  mistralFamily,
  mixtralFamily,
  optFamily,
  qwen2Family,
} from './models/index.js';

/** The architecture of a family, for comparisons. */
function architecture<Config extends GptConfig>(family: CausalFamily<Config>) {
  return architectureOf(
    'causal',
    family,
    (config) => new Gpt(config, { family }),
    (model, length) => model.cost(length),
  );
}

export const gpt2 = architecture(gpt2Family);
export const gptNeox = architecture(gptNeoxFamily);
export const gptNeo = architecture(gptNeoFamily);
export const llama = architecture(llamaFamily);
export const mistral = architecture(mistralFamily);
export const qwen2 = architecture(qwen2Family);
export const gemma = architecture(gemmaFamily);
export const bloom = architecture(bloomFamily);
export const falcon = architecture(falconFamily);
export const opt = architecture(optFamily);
export const lfm2 = architecture(lfm2Family);
export const mixtral = architecture(mixtralFamily);
