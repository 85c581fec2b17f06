import { SequiturError } from '@sequitur/core';
import {
  aBoolean,
  anInteger,
  aPositive,
  aShare,
  ConfigReader,
  type FileSource,
  oneOf,
  parseJson,
  readText,
} from '@sequitur/pretrained';

export interface PeftConfig {
  readonly rank: number;
  readonly alpha: number;
  readonly dropout: number;
}

/** Reads adapter_config.json; settings that change the computation and are not supported are refused by name. */
export async function readPeftConfig(source: FileSource): Promise<PeftConfig> {
  const file = await openOf(source, 'adapter_config.json');
  const text = await readText(file).finally(() => file.close?.());
  const json = new ConfigReader(parseJson(text, file.name), file.name, { strict: true });
  json.take('peft_type', oneOf(['LORA']));
  json.take('bias', oneOf(['none']), 'none');
  const rank = json.take('r', anInteger());
  const alpha = json.take('lora_alpha', aPositive);
  const dropout = json.take('lora_dropout', aShare, 0);
  const rescaled = json.take('use_rslora', aBoolean, false);
  json.finish('peft');
  return { rank, alpha: rescaled ? alpha * Math.sqrt(rank) : alpha, dropout };
}

/** A file that every adapter has. */
export async function openOf(source: FileSource, name: string) {
  const file = await source.open(name);
  if (file) return file;
  throw new SequiturError({ where: source.name, expected: name, got: 'none', fix: 'Check that this is an adapter' });
}
