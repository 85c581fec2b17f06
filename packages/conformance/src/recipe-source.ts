import { sizeOf } from '@sequitur/core';
import type { FileSource, ReadableFile } from '@sequitur/pretrained';

/** Weights that are computed instead of stored: an integer hash of each tensor's name and each element's index. */
export interface WeightsRecipe {
  readonly seed: number;
  readonly tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly offset: number;
    readonly scale: number;
    /** The first elements, as a check. */
    readonly first: readonly number[];
  }[];
}

/** A folder whose `model.safetensors` is computed on reading, tensor by tensor. */
export function recipeSource(recipe: WeightsRecipe, folder: FileSource): FileSource {
  return {
    name: folder.name,
    open: async (path) =>
      path === 'model.safetensors' ? computedFile(recipe, `${folder.name}/${path}`) : folder.open(path),
  };
}

function computedFile({ seed, tensors }: WeightsRecipe, name: string): ReadableFile {
  let end = 0;
  const entries = tensors.map((tensor) => {
    const start = end;
    end += 4 * sizeOf(tensor.shape);
    return { tensor, start, end };
  });
  const header = headerOf(entries);
  return {
    name,
    size: header.length + end,
    read: async (from, to) => {
      if (to <= header.length) return header.subarray(from, to);
      const found = entries.find((entry) => header.length + entry.start === from && header.length + entry.end === to);
      if (found) return new Uint8Array(valuesOf(found.tensor, seed).buffer);
      throw new Error(`${name}: bytes ${from} to ${to} are not those of one tensor`);
    },
  };
}

interface Entry {
  readonly tensor: WeightsRecipe['tensors'][number];
  readonly start: number;
  readonly end: number;
}

/** The header of a safetensors file: the length of the JSON, and the JSON. */
function headerOf(entries: readonly Entry[]): Uint8Array {
  const described = entries.map(({ tensor: { name, shape }, start, end }) => [
    name,
    { dtype: 'F32', shape, data_offsets: [start, end] },
  ]);
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(described)));
  const header = new Uint8Array(8 + json.length);
  new DataView(header.buffer).setBigUint64(0, BigInt(json.length), true);
  header.set(json, 8);
  return header;
}

function valuesOf({ name, shape, offset, scale, first }: Entry['tensor'], seed: number): Float32Array {
  const values = numbers(fnv1a(name) ^ seed, sizeOf(shape), offset, scale);
  const wrong = first.findIndex((value, i) => Math.abs(value - values[i]!) > 1e-12);
  if (wrong >= 0) throw new Error(`${name}: the recipe gives ${values[wrong]}, it says ${first[wrong]}`);
  return values;
}

/** offset + scale (h / 2³¹ - 1), where h is MurmurHash3's finalizer of a counter that starts at `start`. */
function numbers(start: number, size: number, offset: number, scale: number): Float32Array {
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    let x = (start + Math.imul(i, 0x9e3779b9)) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    x ^= x >>> 16;
    values[i] = offset + scale * ((x >>> 0) / 2 ** 31 - 1);
  }
  return values;
}

/** The 32-bit FNV-1a hash of a text in UTF-8. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}
