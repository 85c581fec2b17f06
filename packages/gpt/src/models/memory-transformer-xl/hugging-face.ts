import { aBoolean, anInteger, type Conversion, type Family, rule, same } from '@sequitur/pretrained';
import {
  readTransformerXlShape,
  transformerXlRules,
  transformerXlTies,
  writeTransformerXlShape,
} from '../transformer-xl/hugging-face.js';
import { buildMemoryTransformerXl, type MemoryTransformerXlParts, withSharedBiases } from './build.js';
import type { MemoryTransformerXlConfig } from './config.js';

/** Transformer-XL with memory tokens, as the Recurrent Memory Transformer's own code stores it (Bulatov et al. 2022). */
export const memoryTransformerXlFamily: Family<MemoryTransformerXlConfig, MemoryTransformerXlParts> = {
  modelType: 'lm-rmt',
  classes: {},
  prefix: '',
  readConfig: (json) => ({
    ...readTransformerXlShape(json, 'n_token'),
    tied: json.take('tie_weight', aBoolean, true),
    sharedScoreBiases: !json.take('untie_r', aBoolean, false),
    segmentLength: json.take('tgt_len', anInteger()),
    memoryTokens: json.take('num_mem_tokens', anInteger()),
    memoryAtEnd: json.take('mem_at_end', aBoolean, true),
    memorySeesCache: json.take('read_mem_from_cache', aBoolean, false),
  }),
  writeConfig: (config) => {
    const { tie_word_embeddings, ...shape } = writeTransformerXlShape(config);
    return {
      ...shape,
      n_token: config.vocabularySize,
      tie_weight: tie_word_embeddings,
      tgt_len: config.segmentLength,
      num_mem_tokens: config.memoryTokens,
      mem_at_end: config.memoryAtEnd ?? true,
      read_mem_from_cache: config.memorySeesCache ?? false,
      ...(config.sharedScoreBiases === false && { untie_r: true }),
    };
  },
  build: buildMemoryTransformerXl,
  rules: (config) => [rule('mem_tokens', 'memory', withUnitAxis), ...transformerXlRules(withSharedBiases(config), '')],
  tiedTensors: (config) => transformerXlTies(withSharedBiases(config), ''),
};

/** Conversion of the memory tokens: ours [tokens, width], theirs [tokens, 1, width]. */
const withUnitAxis: Conversion = { ...same, shape: ([part]) => [part![0]!, 1, part![1]!] };
