import { SequiturError, type StorageFormat, shorten } from '@sequitur/core';
import { absenceOf, type FileSource, type ReadableFile } from '../files/file-source.js';
import { checkSource } from '../files/location.js';
import type { SafetensorsDtype } from './dtypes.js';
import type { TensorEntry } from './header.js';
import { SafetensorsFile, type StoredTensor } from './reader.js';
import { openShards } from './shards.js';

export interface CheckpointTensor extends Pick<TensorEntry, 'dtype' | 'shape'> {
  /** Whether it is stored as integers with scales, in several tensors. */
  readonly isQuantized?: boolean;
}

/** A weight as a checkpoint stores it. */
export interface StoredWeights {
  readonly values: Float32Array;
  /** The format of a parameter that comes closest to how the checkpoint stores them. */
  readonly format: StorageFormat;
  /** For each value the scale by which it is stored as an integer. */
  readonly scales?: Float32Array | undefined;
}

/** The tensors of a checkpoint by name, from one file or from several shards. */
export interface Checkpoint {
  readonly name: string;
  readonly tensors: ReadonlyMap<string, CheckpointTensor>;
  /** A tensor of any dtype as it is stored. */
  read(name: string): Promise<StoredTensor>;
  /** The values of a tensor as float32, with how they are stored. */
  readWeights(name: string): Promise<StoredWeights>;
  /** As `readWeights`, of `count` rows along the first axis of a tensor that is not quantized. */
  readRows(name: string, first: number, count: number): Promise<StoredWeights>;
  /** The values of a tensor as float32. */
  readFloat32(name: string): Promise<Float32Array>;
  /** The values of a tensor of any dtype, which need not be weights. */
  readNumbers(name: string): Promise<Float32Array>;
  close(): Promise<void>;
}

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/** Opens `model.safetensors`, or the shards that `model.safetensors.index.json` lists, and checks their headers. */
export async function openCheckpoint(source: FileSource): Promise<Checkpoint> {
  const single = await checkSource('openCheckpoint', source).open(SINGLE);
  if (single) return fromFiles(source.name, [single]);
  const index = await source.open(INDEX);
  if (index) {
    const { files, tensors } = await openShards(source, index);
    return withTensors(await fromFiles(source.name, files), tensors, index.name);
  }
  const pickled = await source.open('pytorch_model.bin');
  await pickled?.close?.();
  throw new SequiturError({
    where: source.name,
    expected: `${SINGLE} or ${INDEX}`,
    got: pickled ? 'pytorch_model.bin, a pickle, which can run any code' : absenceOf(source, SINGLE),
    fix: pickled
      ? 'Save the model again in Python with save_pretrained(..., safe_serialization=True)'
      : 'Check that this is the folder of a model',
  });
}

/** A checkpoint of these safetensors files. */
export async function fromFiles(name: string, files: readonly ReadableFile[]): Promise<Checkpoint> {
  const places = new Map<string, SafetensorsFile>();
  const tensors = new Map<string, TensorEntry>();
  const close = async () => {
    await Promise.all(files.map((file) => file.close?.()));
  };
  try {
    for (const file of files) {
      const opened = await SafetensorsFile.open(file);
      for (const [tensor, entry] of opened.tensors) {
        if (places.has(tensor)) throw twice(tensor, places.get(tensor)!.name, opened.name);
        places.set(tensor, opened);
        tensors.set(tensor, entry);
      }
    }
  } catch (error) {
    await close();
    throw error;
  }
  const fileOf = (tensor: string) => {
    const file = places.get(tensor);
    if (file) return file;
    throw new SequiturError({ where: name, expected: `a tensor '${shorten(tensor)}'`, got: 'none of that name' });
  };
  return {
    name,
    tensors,
    close,
    read: (tensor) => fileOf(tensor).read(tensor),
    readWeights: async (tensor) => toWeights(tensor, fileOf(tensor)),
    readRows: async (tensor, first, count) => toWeights(tensor, fileOf(tensor), [first, count]),
    readFloat32: async (tensor) => (await toWeights(tensor, fileOf(tensor))).values,
    readNumbers: async (tensor) => Float32Array.from((await fileOf(tensor).read(tensor)).values as never, Number),
  };
}

/** The checkpoint with its tensors under other names: each name with the one that is stored. */
export function renamed(checkpoint: Checkpoint, places: ReadonlyMap<string, string>): Checkpoint {
  const placeOf = (name: string) => places.get(name) ?? name;
  return {
    ...checkpoint,
    tensors: new Map([...places].map(([name, place]) => [name, checkpoint.tensors.get(place)!])),
    read: (name) => checkpoint.read(placeOf(name)),
    readWeights: (name) => checkpoint.readWeights(placeOf(name)),
    readRows: (name, first, count) => checkpoint.readRows(placeOf(name), first, count),
    readFloat32: (name) => checkpoint.readFloat32(placeOf(name)),
    readNumbers: (name) => checkpoint.readNumbers(placeOf(name)),
  };
}

/** The format of a parameter that keeps the values of a tensor without loss. */
export function formatOf(dtype: SafetensorsDtype): StorageFormat {
  if (dtype === 'F16') return 'float16';
  return dtype === 'BF16' ? 'bfloat16' : 'float32';
}

async function toWeights(
  tensor: string,
  file: SafetensorsFile,
  rows?: readonly [first: number, count: number],
): Promise<StoredWeights> {
  const { dtype, values } = await (rows ? file.readRows(tensor, ...rows) : file.read(tensor));
  const format = formatOf(dtype);
  if (values instanceof Float32Array) return { values, format };
  if (values instanceof Float64Array) return { values: Float32Array.from(values), format };
  throw new SequiturError({
    where: `${file.name}, tensor '${shorten(tensor)}'`,
    expected: 'weights in F32, F16, BF16 or F64',
    got: dtype,
    fix: 'Take the original checkpoint, or one whose config.json has a quantization_config',
  });
}

/** The checkpoint, if it has all of these tensors; else it is closed. */
async function withTensors(checkpoint: Checkpoint, tensors: readonly string[], where: string): Promise<Checkpoint> {
  const lost = tensors.filter((name) => !checkpoint.tensors.has(name));
  if (lost.length === 0) return checkpoint;
  await checkpoint.close();
  throw new SequiturError({
    where: where,
    expected: 'every listed tensor in its shard',
    got: `none of ${someOf(lost)}`,
  });
}

function someOf(names: readonly string[]): string {
  const shown = names
    .slice(0, 5)
    .map((name) => shorten(name))
    .join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

function twice(tensor: string, first: string, second: string): SequiturError {
  return new SequiturError({
    where: second,
    expected: 'each tensor once',
    got: `'${shorten(tensor)}', which is in ${first} too`,
  });
}
