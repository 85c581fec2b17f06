import type { FileSink, FileSource } from '../packages.js';
import { lockPath } from './lock.js';

/** What is kept between visits: values and files under paths such as `runs/ab12/step-00000100.safetensors`. */
export interface Store {
  /** Whether it outlives the page. */
  readonly isLasting: boolean;
  get<T>(path: string): Promise<T | undefined>;
  put(path: string, value: unknown): Promise<void>;
  /** The path and everything below it. */
  remove(path: string): Promise<void>;
  /** All paths below one. */
  list(path: string): Promise<readonly string[]>;
}

/** A folder of the store in the form that checkpoints and models are read from and written to. */
export function folderOf(store: Store, path: string): { readonly source: FileSource; readonly sink: FileSink } {
  const at = (name: string) => `${path}/${name}`;
  return {
    source: {
      name: path,
      open: async (name) => {
        const bytes = await store.get<Uint8Array>(at(name));
        if (!bytes) return null;
        return { name: at(name), size: bytes.length, read: async (start, end) => bytes.subarray(start, end) };
      },
    },
    sink: {
      name: path,
      write: async (name, chunks) => store.put(at(name), await joined(chunks)),
      remove: (name) => store.remove(at(name)),
      lock: () => lockPath(path),
    },
  };
}

export async function joined(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk.slice());
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Keeps values as long as the page lives: where the browser keeps nothing, as in some private windows. */
export function memoryStore(): Store {
  const values = new Map<string, unknown>();
  const below = (path: string) => [...values.keys()].filter((key) => key === path || key.startsWith(`${path}/`));
  return {
    isLasting: false,
    get: async <T>(path: string) => values.get(path) as T | undefined,
    put: async (path, value) => {
      values.set(path, structuredClone(value));
    },
    remove: async (path) => {
      for (const key of below(path)) values.delete(key);
    },
    list: async (path) => below(path).sort(),
  };
}
