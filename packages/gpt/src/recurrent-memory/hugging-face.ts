import {
  aBoolean,
  anInteger,
  type ConfigReader,
  type Conversion,
  isFalse,
  oneOf,
  rule,
  same,
  type WeightRule,
} from '@sequitur/pretrained';
import {
  readTransformerXlShape,
  transformerXlIgnoredTensors,
  transformerXlRules,
} from '../transformer-xl/hugging-face.js';
import type { MemoryTransformerXlConfig } from './memory-transformer-xl.js';

/** Attributes of training. */
const IGNORED = ['ext_len', 'sample_softmax', 'tie_weight', 'model_type', 'tie_projs', 'architectures', 'adapt_inp'];

/** Reads the configuration of the Recurrent Memory Transformer's own code (model_type lm-rmt). */
export function readMemoryTransformerXlConfig(json: ConfigReader): MemoryTransformerXlConfig {
  json.take('model_type', oneOf(['lm-rmt']));
  const config = {
    ...readTransformerXlShape(json, 'n_token'),
    tied: json.take('tie_weight', aBoolean, true),
    sharedScoreBiases: true,
    segmentLength: json.take('tgt_len', anInteger()),
    memoryTokens: json.take('num_mem_tokens', anInteger()),
    memoryAtEnd: json.take('mem_at_end', aBoolean, true),
    memorySeesCache: json.take('read_mem_from_cache', aBoolean, false),
  };
  json.take('same_length', isFalse, false);
  json.finish(IGNORED);
  return config;
}

export function memoryTransformerXlRules(config: MemoryTransformerXlConfig): WeightRule[] {
  return [rule('mem_tokens', 'memory', withUnitAxis), ...transformerXlRules(config, '')];
}

export function memoryTransformerXlIgnoredTensors(config: MemoryTransformerXlConfig): string[] {
  return transformerXlIgnoredTensors(config, '');
}

/** Ours [tokens, width], theirs [tokens, 1, width]. */
const withUnitAxis: Conversion = { ...same, shape: ([part]) => [part![0]!, 1, part![1]!] };
