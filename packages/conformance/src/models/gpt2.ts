import { loadWeights } from '@sequitur/core';
import { Gpt, gpt2IgnoredTensors, gpt2Rules, readGpt2Config } from '@sequitur/gpt';
import { causalUnderTest } from './causal-under-test.js';
import type { ModelFamily } from './model-under-test.js';

export const gpt2Family: ModelFamily = {
  modelType: 'gpt2',
  open: async (json, architectures, checkpoint) => {
    const [name = 'GPT2LMHeadModel'] = architectures;
    if (name !== 'GPT2LMHeadModel' && name !== 'GPT2Model') return null;
    const config = readGpt2Config(json);
    const model = new Gpt(config);
    const prefix = checkpoint.tensors.has('wte.weight') ? '' : 'transformer.';
    const rules = gpt2Rules(prefix);
    await loadWeights(model, checkpoint, rules, { ignore: gpt2IgnoredTensors(prefix, config.tied ?? true) });
    return causalUnderTest({
      model,
      rules,
      outputName: (observed) => stackOutputName(observed, config.depth),
      ...(name === 'GPT2Model' && { lastHiddenState: `hidden_states.${config.depth}` }),
    });
  },
};

/** Hugging Face counts hidden states from the embedding on, and gives the last one after the final norm. */
export function stackOutputName(observed: string, depth: number): string | null {
  if (observed === 'embedding') return 'hidden_states.0';
  if (observed === 'norm') return `hidden_states.${depth}`;
  const [, index, part] = /^blocks\.(\d+)\.(output|mixer\.weights)$/.exec(observed) ?? [];
  if (index === undefined) return null;
  if (part === 'mixer.weights') return `attentions.${index}`;
  return Number(index) + 1 < depth ? `hidden_states.${Number(index) + 1}` : null;
}
