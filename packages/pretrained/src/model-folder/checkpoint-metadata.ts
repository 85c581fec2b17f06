import type { FileSource } from '../files/file-source.js';
import { readJsonObject } from '../files/json-files.js';
import type { Checkpoint } from '../safetensors/checkpoint.js';
import type { WeightDtype } from '../safetensors/dtypes.js';
import { storedDtype } from '../weights/stored-dtype.js';

/** Metadata of a checkpoint besides the config, for saving in the same form. */
export interface CheckpointMetadata {
  /** The dtype of the stored weights; default F32. */
  readonly dtype?: WeightDtype;
  /** The content of `generation_config.json`. */
  readonly generation?: Readonly<Record<string, unknown>>;
}

export async function readCheckpointMetadata(source: FileSource, checkpoint: Checkpoint): Promise<CheckpointMetadata> {
  const generation = await readJsonObject(source, 'generation_config.json');
  return { dtype: storedDtype(checkpoint), ...(generation && { generation }) };
}
