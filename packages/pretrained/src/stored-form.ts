import { type Module, SequiturError } from '@sequitur/core';
import type { Checkpoint } from './checkpoint.js';
import { parseJson } from './config.js';
import { type FileSink, type FileSource, readText } from './files/file-source.js';
import type { WeightDtype } from './safetensors/dtypes.js';
import { type SaveOptions, saveWeights, writeJson } from './save.js';
import { storedDtype, torchDtypes } from './stored-dtype.js';
import type { WeightRule } from './weight-map.js';

/** What a folder says of its model beside the configuration, for saving it alike. */
export interface CheckpointMetadata {
  /** The class of Python that it names. */
  readonly architecture?: string;
  /** How its numbers are stored; default F32. */
  readonly dtype?: WeightDtype;
  /** The content of `generation_config.json`. */
  readonly generation?: Readonly<Record<string, unknown>>;
}

/** How a folder stores its model, but for the class, which its configuration names. */
export async function readCheckpointMetadata(source: FileSource, checkpoint: Checkpoint): Promise<CheckpointMetadata> {
  const generation = await readJsonObject(source, 'generation_config.json');
  return { dtype: storedDtype(checkpoint), ...(generation && { generation }) };
}

/** The JSON object in a file, or null where there is none. @throws SequiturError where it holds anything else */
export async function readJsonObject(
  source: FileSource,
  path: string,
): Promise<Readonly<Record<string, unknown>> | null> {
  const file = await source.open(path);
  if (!file) return null;
  try {
    const value = parseJson(await readText(file), file.name);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
    throw new SequiturError({ where: file.name, expected: 'a JSON object', got: JSON.stringify(value).slice(0, 60) });
  } finally {
    await file.close?.();
  }
}

export interface FolderContent {
  /** The names of the checkpoint. */
  readonly rules: readonly WeightRule[];
  /** All of `config.json` but the class and the kind of numbers, which `stored` says. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly stored: CheckpointMetadata;
}

/**
 * Writes weights, `generation_config.json` and `config.json` as they were stored, unless the options say otherwise.
 * `config.json` comes last, so what else a folder needs is to be written before: one that lacks it was cut short.
 */
export async function saveFolder(
  model: Module,
  sink: FileSink,
  { rules, config, stored: { architecture, dtype = 'F32', generation } }: FolderContent,
  options: SaveOptions = {},
): Promise<void> {
  const resolved = { dtype, ...options };
  await saveWeights(model, sink, rules, resolved);
  if (generation) await writeJson(sink, 'generation_config.json', generation);
  await writeJson(sink, 'config.json', {
    ...(architecture !== undefined && { architectures: [architecture] }),
    ...config,
    torch_dtype: torchDtypes[resolved.dtype],
  });
}
