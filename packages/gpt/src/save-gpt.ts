import type { Module } from '@sequitur/core';
import { type CheckpointMetadata, type FileSink, type SaveOptions, saveFolder } from '@sequitur/pretrained';
import { saveTokenizer, type Tokenizer } from '@sequitur/text';
import type { GptConfig, GptFamily } from './family.js';
import { rulesOf } from './open-gpt.js';

/** A model with what its folder says of it. */
interface SavedGpt extends Module {
  readonly config: GptConfig;
  readonly family: GptFamily;
  readonly tokenizer: Tokenizer | null;
  readonly metadata: CheckpointMetadata;
}

/** Writes the folder that Python's class of the same kind reads: as it was stored, unless the options say otherwise. */
export async function saveGpt(model: SavedGpt, sink: FileSink, options: SaveOptions): Promise<void> {
  const { config, family, tokenizer, metadata } = model;
  const { architecture = family.classes.languageModel } = metadata;
  const rules = rulesOf(family, config, architecture === family.classes.base ? '' : family.prefix);
  const stored = { ...metadata, architecture };
  if (tokenizer) await saveTokenizer(tokenizer, sink);
  await saveFolder(model, sink, { rules, config: family.writeConfig(config), stored }, options);
}
