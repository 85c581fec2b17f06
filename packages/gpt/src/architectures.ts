import type { Architecture } from '@sequitur/core';
import { languageModelCost } from '@sequitur/transformer';
import {
  bloomFamily,
  gemmaFamily,
  gpt2Family,
  gptNeoFamily,
  gptNeoxFamily,
  llamaFamily,
  mistralFamily,
  qwen2Family,
} from './families/index.js';
import type { GptConfig, GptFamily } from './family.js';
import { Gpt } from './gpt.js';

/** A family as a value for lists that compare architectures. */
function architectureOf<Config extends GptConfig>(family: GptFamily<Config>): Architecture<Config, 'causal'> {
  const create = (config: Config) => new Gpt(config, { family });
  return {
    name: family.modelType,
    kind: 'causal',
    presets: family.presets,
    create,
    cost: (config, length) => languageModelCost(create(config), length),
  };
}

export const gpt2 = architectureOf(gpt2Family);
export const gptNeox = architectureOf(gptNeoxFamily);
export const gptNeo = architectureOf(gptNeoFamily);
export const llama = architectureOf(llamaFamily);
export const mistral = architectureOf(mistralFamily);
export const qwen2 = architectureOf(qwen2Family);
export const gemma = architectureOf(gemmaFamily);
export const bloom = architectureOf(bloomFamily);
