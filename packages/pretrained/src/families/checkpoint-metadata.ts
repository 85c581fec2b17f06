import type { FileSource } from '../files/file-source.js';
import { readJsonObject } from '../files/json-files.js';
import type { WeightDtype } from '../safetensors/dtypes.js';
import type { Checkpoint } from '../weights/checkpoint.js';
import { storedDtype } from '../weights/stored-dtype.js';

/** What a folder says of its model beside the configuration, for saving it alike. */
export interface CheckpointMetadata {
  /** How its numbers are stored; default F32. */
  readonly dtype?: WeightDtype;
  /** The content of `generation_config.json`. */
  readonly generation?: Readonly<Record<string, unknown>>;
}

export async function readCheckpointMetadata(source: FileSource, checkpoint: Checkpoint): Promise<CheckpointMetadata> {
  const generation = await readJsonObject(source, 'generation_config.json');
  return { dtype: storedDtype(checkpoint), ...(generation && { generation }) };
}
