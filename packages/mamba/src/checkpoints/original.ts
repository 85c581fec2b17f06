import { SequiturError } from '@sequitur/core';
import { aBoolean, aCount, anInteger, ConfigReader, type ReadAttribute } from '@sequitur/pretrained';

/** What the original state-spaces repositories say of a model, beside its mixers. */
export interface OriginalConfig {
  readonly vocabularySize: number;
  readonly width: number;
  readonly depth: number;
  readonly tied: boolean;
  /** The settings of the mixers; finish it after reading. */
  readonly layer: ConfigReader;
}

/**
 * Reads a `config.json` as the state-spaces repository writes it: `d_model`, `n_layer`, `ssm_cfg`.
 *
 * @param kind which mixer the model must have
 */
export function readOriginal(json: ConfigReader, kind: 'Mamba1' | 'Mamba2'): OriginalConfig {
  const layer = new ConfigReader(json.take('ssm_cfg', anObject, {}), `${json.where}, ssm_cfg`);
  const found = layer.take('layer', (value) => String(value), 'Mamba1');
  if (found !== kind) {
    throw new SequiturError({ where: json.where, expected: `a model of ${kind} mixers`, got: found });
  }
  const multiple = json.take('pad_vocab_size_multiple', anInteger(), 8);
  const config = {
    vocabularySize: Math.ceil(json.take('vocab_size', anInteger()) / multiple) * multiple,
    width: json.take('d_model', anInteger()),
    depth: json.take('n_layer', aCount),
    tied: json.take('tie_embeddings', aBoolean, true),
    layer,
  };
  json.take('rms_norm', isTrue, true);
  json.take('d_intermediate', isZero, 0);
  json.take('attn_layer_idx', isEmpty, []);
  json.finish(['residual_in_fp32', 'fused_add_norm', 'attn_cfg', 'model_type', 'architectures', '_name_or_path']);
  return config;
}

const anObject: ReadAttribute<object> = (value, where) => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new SequiturError({ where, expected: 'an object', got: JSON.stringify(value) });
};

const isTrue: ReadAttribute<boolean> = (value, where) => {
  if (value === true) return true;
  throw new SequiturError({ where, expected: 'true, since layer norms are not supported', got: JSON.stringify(value) });
};

const isZero: ReadAttribute<number> = (value, where) => {
  if (value === 0) return 0;
  throw new SequiturError({ where, expected: '0, since feed-forwards are not supported', got: JSON.stringify(value) });
};

const isEmpty: ReadAttribute<readonly unknown[]> = (value, where) => {
  if (Array.isArray(value) && value.length === 0) return value;
  throw new SequiturError({ where, expected: 'no attention layers', got: JSON.stringify(value) });
};
