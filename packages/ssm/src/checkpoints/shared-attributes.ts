import { anInteger, type ConfigReader } from '@sequitur/core';

/** Attributes of `config.json` that leave the models of this package as they are: bookkeeping, kernels and training. */
export const IGNORED: readonly string[] = [
  ...['_name_or_path', 'architectures', 'dtype', 'torch_dtype', 'transformers_version', 'use_cache'],
  ...['return_dict', 'output_hidden_states', 'problem_type', 'id2label', 'label2id', 'num_labels'],
  ...['initializer_range', 'rescale_prenorm_residual', 'residual_in_fp32'],
  // What the original repositories leave in converted files.
  ...['d_inner', 'd_model', 'n_layer', 'ssm_cfg', 'rms_norm', 'fused_add_norm', 'pad_vocab_size_multiple'],
];

interface SpecialTokens {
  readonly startToken?: number;
  readonly endToken?: number;
  readonly paddingToken?: number;
}

/** The special tokens, with the ids that the Python class takes where none stand. */
export function readTokens(
  json: ConfigReader,
  fallback: { readonly start: number; readonly end: number; readonly padding: number },
): SpecialTokens {
  return {
    startToken: json.take('bos_token_id', anInteger(0), fallback.start),
    endToken: json.take('eos_token_id', anInteger(0), fallback.end),
    paddingToken: json.take('pad_token_id', anInteger(0), fallback.padding),
  };
}

export function writeTokens({ startToken, endToken, paddingToken }: SpecialTokens): Record<string, number> {
  return {
    ...(startToken !== undefined && { bos_token_id: startToken }),
    ...(endToken !== undefined && { eos_token_id: endToken }),
    ...(paddingToken !== undefined && { pad_token_id: paddingToken }),
  };
}
