import { SequiturError } from '@sequitur/core';
import {
  aBoolean,
  anInteger,
  aPositive,
  aShare,
  ConfigReader,
  type FileSource,
  isFalse,
  oneOf,
  parseJson,
  type ReadAttribute,
  readText,
} from '@sequitur/pretrained';

/** Attributes of PEFT that leave a trained adapter as it is. */
const IGNORED = [
  ...['task_type', 'base_model_name_or_path', 'revision', 'inference_mode', 'target_modules', 'fan_in_fan_out'],
  ...['init_lora_weights', 'auto_mapping', 'megatron_config', 'megatron_core', 'loftq_config'],
  ...['peft_version', 'runtime_config', 'eva_config', 'corda_config', 'exclude_modules', 'layers_to_transform'],
  ...['layers_pattern', 'qalora_group_size', 'arrow_config', 'ensure_weight_tying'],
];

export interface PeftConfig {
  readonly rank: number;
  readonly alpha: number;
  readonly dropout: number;
}

/** Reads adapter_config.json; whatever would change the numbers and is not built is refused by name. */
export async function readPeftConfig(source: FileSource): Promise<PeftConfig> {
  const file = await openOf(source, 'adapter_config.json');
  const json = new ConfigReader(parseJson(await readText(file), file.name), file.name);
  await file.close?.();
  json.take('peft_type', oneOf(['LORA']));
  json.take('bias', oneOf(['none']), 'none');
  for (const name of ['use_dora', 'lora_bias', 'use_qalora', 'alora_invocation_tokens'])
    json.take(name, isFalse, false);
  for (const name of ['modules_to_save', 'layer_replication', 'trainable_token_indices', 'target_parameters']) {
    json.maybe(name, empty);
  }
  for (const name of ['rank_pattern', 'alpha_pattern']) json.maybe(name, empty);
  const rank = json.take('r', anInteger());
  const alpha = json.take('lora_alpha', aPositive);
  const dropout = json.take('lora_dropout', aShare, 0);
  const rescaled = json.take('use_rslora', aBoolean, false);
  json.finish(IGNORED);
  return { rank, alpha: rescaled ? alpha * Math.sqrt(rank) : alpha, dropout };
}

const empty: ReadAttribute<null> = (value, where) => {
  if (Object.keys(value as object).length === 0) return null;
  throw new SequiturError({ where, expected: 'nothing, since this is not supported', got: JSON.stringify(value) });
};

/** A file that every adapter has. */
export async function openOf(source: FileSource, name: string) {
  const file = await source.open(name);
  if (file) return file;
  throw new SequiturError({ where: source.name, expected: name, got: 'none', fix: 'Check that this is an adapter' });
}
