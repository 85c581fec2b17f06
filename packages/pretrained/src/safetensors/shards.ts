import { SequiturError, showValue } from '@sequitur/core';
import { type FileSource, type ReadableFile, readText } from '../files/file-source.js';

/** The files of a sharded checkpoint, and the tensors that its index lists. */
export interface Shards {
  readonly files: readonly ReadableFile[];
  readonly tensors: readonly string[];
}

/**
 * Opens the shards that `model.safetensors.index.json` lists, and closes the index. The caller closes the files.
 *
 * @throws SequiturError for an invalid index, and for missing files
 */
export async function openShards(source: FileSource, index: ReadableFile): Promise<Shards> {
  const text = await readText(index).finally(() => index.close?.());
  const map = parseIndex(text, index.name);
  const names = [...new Set(map.values())].sort();
  const files = await openAll(source, names);
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
  return { files: files as ReadableFile[], tensors: [...map.keys()] };
}

/** All of these files; where one cannot be opened, none stays open. */
async function openAll(source: FileSource, names: readonly string[]): Promise<(ReadableFile | null)[]> {
  const opened = await Promise.allSettled(names.map((name) => source.open(name)));
  const failed = opened.find((result) => result.status === 'rejected');
  const files = opened.map((result) => (result.status === 'fulfilled' ? result.value : null));
  if (!failed) return files;
  await Promise.all(files.map((file) => file?.close?.()));
  throw failed.reason;
}

/** The `weight_map` of an index: tensor -> file. */
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
    // Shards are in the folder of the index: a name with folders could lead anywhere.
    if (typeof file !== 'string' || !/^[\w.-]+\.safetensors$/.test(file)) throw fault(`${tensor}: ${showValue(file)}`);
  }
  return new Map(Object.entries(map as Record<string, string>));
}
