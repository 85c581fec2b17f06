import {
  type CheckpointLocation,
  ConfigReader,
  type FileSink,
  type HubOptions,
  type LoadProgress,
  loadWeights,
  type Module,
  openCheckpoint,
  openSink,
  openSource,
  type SaveOptions,
  saveWeights,
  type WeightRule,
  writeJson,
} from '@sequitur/core';
import { openTokenizer, type Tokenizer } from '@sequitur/text';
import { namingOf } from './rules.js';

export interface LoadOptions extends HubOptions {
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** How an architecture of this package reads and writes folders. */
export interface Format<Config extends { readonly tied?: boolean }> {
  read(json: ConfigReader): Config;
  write(config: Config): Record<string, unknown>;
  rules(prefix?: string, embedding?: string): WeightRule[];
  isTied(config: Config): boolean;
}

/** A model of a folder: `make` builds it from its configuration and tokenizer, then its weights are loaded. */
export async function loadPretrained<Config extends { readonly tied?: boolean }, M extends Module>(
  location: CheckpointLocation,
  options: LoadOptions,
  format: Format<Config>,
  make: (config: Config, tokenizer: Tokenizer | null) => M,
): Promise<M> {
  const source = await openSource(location, options);
  const config = format.read(await ConfigReader.open(source));
  const model = make(config, await openTokenizer(source));
  const checkpoint = await openCheckpoint(source);
  try {
    const { prefix, embedding } = namingOf(checkpoint.tensors);
    // Some checkpoints store the tied head a second time.
    const ignore = format.isTied(config) ? ['lm_head.weight'] : [];
    await loadWeights(model, checkpoint, format.rules(prefix, embedding), { ...options, ignore });
  } catch (error) {
    model.dispose();
    throw error;
  } finally {
    await checkpoint.close();
  }
  return model;
}

/** Writes a folder that Python's `from_pretrained` reads, tokenizer included. */
export async function saveModel<Config extends { readonly tied?: boolean }>(
  model: Module & { readonly config: Config; readonly tokenizer: Tokenizer | null },
  location: string | FileSink,
  options: SaveOptions,
  format: Format<Config>,
): Promise<void> {
  const sink = openSink(location);
  await saveWeights(model, sink, format.rules(), options);
  for (const [path, value] of Object.entries(model.tokenizer?.files() ?? {})) await writeJson(sink, path, value);
  await writeJson(sink, 'config.json', format.write(model.config));
}
