import {
  anInteger,
  type Family,
  oneOf,
  readFamilyConfig,
  rule,
  weightRules,
  writeFamilyConfig,
} from '@sequitur/pretrained';
import type { SegmentAlignment } from '@sequitur/transformer';
import type { Gpt } from '../../gpt.js';
import { gptFamilies } from '../index.js';
import { buildRecurrentMemoryGpt } from './build.js';
import type { RecurrentMemoryGptConfig } from './config.js';

/** GPTs with memory tokens, as the Recurrent Memory Transformer's own code stores them (Bulatov et al. 2022). */
export const recurrentMemoryGptFamily: Family<RecurrentMemoryGptConfig, Gpt> = {
  modelType: 'rmt-gpt2',
  classes: {},
  prefix: '',
  readConfig: (json) => {
    const { family, config: base } = readFamilyConfig(json.nested('base'), gptFamilies);
    return {
      family,
      base,
      memoryTokens: json.take('num_mem_tokens', anInteger()),
      segmentLength: json.take('segment_size', anInteger()),
      alignment: json.take('segment_alignment', oneOf<SegmentAlignment>(['left', 'right', 'center']), 'left'),
    };
  },
  writeConfig: ({ family, base, memoryTokens, segmentLength, alignment = 'left' }) => ({
    base: writeFamilyConfig(family, base),
    num_mem_tokens: memoryTokens,
    segment_size: segmentLength,
    segment_alignment: alignment,
  }),
  build: buildRecurrentMemoryGpt,
  rules: ({ family, base }) => [rule('memory_cell.memory', 'memory'), ...rulesWithin(family, base)],
  storedBuffers: ({ family, base }) =>
    (family.storedBuffers?.(base, family.prefix) ?? []).map((buffer) => ({ ...buffer, tensor: INNER + buffer.tensor })),
  tiedTensors: ({ family, base }) =>
    (family.tiedTensors?.(base, family.prefix) ?? []).map(({ tensor, to }) => ({
      tensor: INNER + tensor,
      to: INNER + to,
    })),
};

const INNER = 'memory_cell.model.';

/** Weight rules of the GPT within, by the names of its family. */
function rulesWithin(family: RecurrentMemoryGptConfig['family'], config: RecurrentMemoryGptConfig['base']) {
  return weightRules({ family, config, headKind: 'languageModel' }).map(({ checkpoint, parameters, conversion }) =>
    rule(
      INNER + checkpoint,
      parameters.map((path) => `model.${path}`),
      conversion,
    ),
  );
}
