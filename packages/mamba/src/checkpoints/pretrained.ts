import type { Module } from '@sequitur/core';
import {
  type CheckpointLocation,
  type CheckpointMetadata,
  ConfigReader,
  type FileSink,
  type HubOptions,
  type LoadProgress,
  loadWeights,
  openCheckpoint,
  openSink,
  openSource,
  readCheckpointMetadata,
  type SaveOptions,
  saveFolder,
  type WeightRule,
} from '@sequitur/pretrained';
import { openTokenizer, saveTokenizer, type Tokenizer } from '@sequitur/text';
import { namingOf } from './rules.js';

export interface LoadOptions extends HubOptions {
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** How an architecture of this package reads and writes folders. */
export interface Format<Config extends { readonly tied?: boolean }> {
  read(json: ConfigReader): Config;
  write(config: Config): Record<string, unknown>;
  rules(prefix?: string, embedding?: string): WeightRule[];
  /** The classes of Python: the whole model, and the stack whose tensors have no prefix. */
  readonly classes: { readonly languageModel: string; readonly base: string };
  isTied(config: Config): boolean;
}

/** A model of a folder: `make` builds it from its configuration and tokenizer, then its weights are loaded. */
export async function loadPretrained<Config extends { readonly tied?: boolean }, M extends Module>(
  location: CheckpointLocation,
  options: LoadOptions,
  format: Format<Config>,
  make: (config: Config, tokenizer: Tokenizer | null, metadata: CheckpointMetadata) => M,
): Promise<M> {
  const source = await openSource(location, options);
  const config = format.read(await ConfigReader.open(source));
  const tokenizer = await openTokenizer(source);
  const checkpoint = await openCheckpoint(source);
  try {
    const { prefix, embedding } = namingOf(checkpoint.tensors);
    const architecture = prefix === '' ? format.classes.base : format.classes.languageModel;
    const metadata = { architecture, ...(await readCheckpointMetadata(source, checkpoint)) };
    const model = make(config, tokenizer, metadata);
    try {
      // Some checkpoints store the tied head a second time.
      const ignore = format.isTied(config) ? ['lm_head.weight'] : [];
      await loadWeights(model, checkpoint, format.rules(prefix, embedding), { ...options, ignore });
    } catch (error) {
      model.dispose();
      throw error;
    }
    return model;
  } finally {
    await checkpoint.close();
  }
}

/** Writes a folder that Python's `from_pretrained` reads, tokenizer included. */
export async function saveModel<Config extends { readonly tied?: boolean }>(
  model: Module & {
    readonly config: Config;
    readonly tokenizer: Tokenizer | null;
    readonly metadata: CheckpointMetadata;
  },
  location: string | FileSink,
  options: SaveOptions,
  { rules, write, classes }: Format<Config>,
): Promise<void> {
  const sink = openSink(location);
  const { architecture = classes.languageModel } = model.metadata;
  const names = rules(architecture === classes.base ? '' : undefined);
  const stored = { ...model.metadata, architecture };
  if (model.tokenizer) await saveTokenizer(model.tokenizer, sink);
  await saveFolder(model, sink, { rules: names, config: write(model.config), stored }, options);
}
