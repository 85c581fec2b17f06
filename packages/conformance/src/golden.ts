import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderSource, SafetensorsFile, type StoredTensor } from '@sequitur/pretrained';

/** The content of a JSON file in a folder, or null if there is no such file. */
export async function readJson<T>(folder: string, file: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(join(folder, file), 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** All tensors of a safetensors file in a folder, or null if there is no such file. */
export async function readTensors(folder: string, file: string): Promise<Map<string, StoredTensor> | null> {
  const opened = await folderSource(folder).open(file);
  if (!opened) return null;
  try {
    const stored = await SafetensorsFile.open(opened);
    const tensors = new Map<string, StoredTensor>();
    for (const name of stored.tensors.keys()) tensors.set(name, await stored.read(name));
    return tensors;
  } finally {
    await opened.close?.();
  }
}
