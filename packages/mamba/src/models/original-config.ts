import { SequiturError } from '@sequitur/core';
import { aBoolean, aCount, anInteger, type ConfigReader, only } from '@sequitur/pretrained';

/** The config of a model in the original state-spaces repositories. */
export interface OriginalConfig {
  readonly vocabularySize: number;
  readonly width: number;
  readonly depth: number;
  readonly tied: boolean;
  /** The settings of the mixers. */
  readonly layer: ConfigReader;
}

type MixerKind = 'Mamba1' | 'Mamba2';

/** Whether a config is one of the original repositories, with mixers of this kind. */
export function isOriginal(json: ConfigReader, kind: MixerKind): boolean {
  return json.has('d_model') && kindOf(json.nested('ssm_cfg', {})) === kind;
}

/**
 * Reads a `config.json` of the state-spaces repositories: `d_model`, `n_layer`, `ssm_cfg`.
 *
 * @param kind the mixer that the model must have
 */
export function readOriginal(json: ConfigReader, kind: MixerKind): OriginalConfig {
  const layer = json.nested('ssm_cfg', {});
  const found = kindOf(layer);
  if (found !== kind) {
    throw new SequiturError({ where: json.where, expected: `a model of ${kind} mixers`, got: found });
  }
  const multiple = json.take('pad_vocab_size_multiple', anInteger(), 8);
  json.take('rms_norm', only(true), true);
  return {
    vocabularySize: Math.ceil(json.take('vocab_size', anInteger()) / multiple) * multiple,
    width: json.take('d_model', anInteger()),
    depth: json.take('n_layer', aCount),
    tied: json.take('tie_embeddings', aBoolean, true),
    layer,
  };
}

function kindOf(layer: ConfigReader): string {
  return layer.take('layer', (value) => String(value), 'Mamba1');
}
