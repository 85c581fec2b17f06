import { Mamba2, mamba2Rules, readMamba2Config } from '@sequitur/mamba';
import { loadWeights } from '@sequitur/pretrained';
import { causalUnderTest } from './causal-under-test.js';
import { recurrentOutputName, recurrentStates } from './mamba.js';
import type { ModelFamily } from './model-under-test.js';

export const mamba2Family: ModelFamily = {
  modelType: 'mamba2',
  load: (source) => Mamba2.fromPretrained(source),
  open: async (json, architectures, checkpoint) => {
    const [name = 'Mamba2ForCausalLM'] = architectures;
    if (name !== 'Mamba2ForCausalLM' && name !== 'Mamba2Model') return null;
    const config = readMamba2Config(json);
    const model = new Mamba2(config, null, { architecture: name });
    const rules = mamba2Rules(checkpoint.tensors.has('norm_f.weight') ? '' : 'backbone.');
    await loadWeights(model, checkpoint, rules, { ignore: config.tied ? ['lm_head.weight'] : [] });
    return causalUnderTest({
      model,
      rules,
      outputName: (observed) => recurrentOutputName(observed, config.depth),
      compareState: recurrentStates,
      ...(name === 'Mamba2Model' && { lastHiddenState: `hidden_states.${config.depth}` }),
    });
  },
};
