import type { Checkpoint } from '@sequitur/pretrained';

/** Weights that are not stored but computed: an integer hash of each tensor's name and each number's place. */
export interface WeightsRecipe {
  readonly seed: number;
  readonly tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly offset: number;
    readonly scale: number;
    /** The first numbers, as a check. */
    readonly first: readonly number[];
  }[];
}

export function checkpointOfRecipe({ seed, tensors }: WeightsRecipe, name: string): Checkpoint {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  return {
    name,
    tensors: new Map(tensors.map((tensor) => [tensor.name, { dtype: 'F32', shape: tensor.shape }])),
    readFloat32: async (tensorName) => {
      const { shape, offset, scale, first } = byName.get(tensorName)!;
      const size = shape.reduce((product, dimension) => product * dimension, 1);
      const values = numbers(fnv1a(tensorName) ^ seed, size, offset, scale);
      const wrong = first.findIndex((value, i) => Math.abs(value - values[i]!) > 1e-12);
      if (wrong >= 0) throw new Error(`${tensorName}: the recipe gives ${values[wrong]}, it says ${first[wrong]}`);
      return values;
    },
    close: async () => {},
  };
}

/** offset + scale (h / 2³¹ - 1), with h MurmurHash3's finaliser of a counter that starts at `start`. */
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
