import { SequiturError } from '@sequitur/core';
import { type FileSource, type ReadableFile, readText } from '../files/file-source.js';
import type { TensorEntry } from '../safetensors/header.js';
import { SafetensorsFile } from '../safetensors/reader.js';

/** The tensors of a checkpoint by name, from one file or from several shards. */
export interface Checkpoint {
  readonly name: string;
  readonly tensors: ReadonlyMap<string, Pick<TensorEntry, 'dtype' | 'shape'>>;
  /** The values of a tensor as float32. */
  readFloat32(name: string): Promise<Float32Array>;
  close(): Promise<void>;
}

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/** Opens `model.safetensors`, or the shards that `model.safetensors.index.json` lists, and checks their headers. */
export async function openCheckpoint(source: FileSource): Promise<Checkpoint> {
  const single = await source.open(SINGLE);
  if (single) return fromFiles(source.name, [single]);
  const index = await source.open(INDEX);
  if (index) return fromIndex(source, index);
  const pickled = await source.open('pytorch_model.bin');
  await pickled?.close?.();
  throw new SequiturError({
    where: source.name,
    expected: `${SINGLE} or ${INDEX}`,
    got: pickled ? 'pytorch_model.bin, a pickle, which can run any code' : 'neither',
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
  return { name, tensors, close, readFloat32: async (tensor) => toFloat32(tensor, places.get(tensor), name) };
}

async function toFloat32(tensor: string, file: SafetensorsFile | undefined, name: string): Promise<Float32Array> {
  if (!file) throw new SequiturError({ where: name, expected: `a tensor '${tensor}'`, got: 'none of that name' });
  const { dtype, values } = await file.read(tensor);
  if (values instanceof Float32Array) return values;
  if (values instanceof Float64Array) return Float32Array.from(values);
  throw new SequiturError({
    where: `${file.name}, tensor '${tensor}'`,
    expected: 'weights in F32, F16, BF16 or F64',
    got: dtype,
    fix: 'Quantised checkpoints cannot be read: take the original one',
  });
}

async function fromIndex(source: FileSource, index: ReadableFile): Promise<Checkpoint> {
  const map = parseIndex(await readText(index), index.name);
  await index.close?.();
  const names = [...new Set(map.values())].sort();
  const files = await Promise.all(names.map((name) => source.open(name)));
  const absent = names.filter((_, i) => !files[i]);
  if (absent.length) {
    await Promise.all(files.map((file) => file?.close?.()));
    throw new SequiturError({
      where: index.name,
      expected: `the shards ${names.join(', ')}`,
      got: `no ${absent.join(', ')}`,
      fix: 'Download the missing files into the same folder',
    });
  }
  const checkpoint = await fromFiles(source.name, files as ReadableFile[]);
  const lost = [...map.keys()].filter((name) => !checkpoint.tensors.has(name));
  if (lost.length === 0) return checkpoint;
  await checkpoint.close();
  throw new SequiturError({
    where: index.name,
    expected: 'every listed tensor in its shard',
    got: `none of ${lost.slice(0, 5).join(', ')}${lost.length > 5 ? ` and ${lost.length - 5} more` : ''}`,
  });
}

function parseIndex(text: string, where: string): Map<string, string> {
  const fault = (got: string) =>
    new SequiturError({ where, expected: '{"weight_map": {tensor: file}} with plain file names', got });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw fault((error as Error).message);
  }
  const map = (parsed as { weight_map?: unknown } | null)?.weight_map;
  if (typeof map !== 'object' || map === null || Array.isArray(map)) throw fault('no weight_map');
  for (const [tensor, file] of Object.entries(map)) {
    // A shard lies beside its index: a name with folders could lead anywhere.
    if (typeof file !== 'string' || !/^[\w.-]+\.safetensors$/.test(file))
      throw fault(`${tensor}: ${JSON.stringify(file)}`);
  }
  return new Map(Object.entries(map as Record<string, string>));
}

function twice(tensor: string, first: string, second: string): SequiturError {
  return new SequiturError({
    where: second,
    expected: 'each tensor once',
    got: `'${tensor}', which stands in ${first} too`,
  });
}
