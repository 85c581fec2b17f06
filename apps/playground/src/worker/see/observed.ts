import { keep, type Tensor } from '@tensorflow/tfjs-core';
import type { Observe } from '../packages.js';

export interface Observed {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/**
 * Watches a forward pass: keeps a copy of every value whose name fits, since a tensor is valid only during the
 * callback.
 *
 * `values` reads and frees them, in the order in which they came.
 */
export function observed(names: RegExp): { readonly observe: Observe; values(): Promise<Map<string, Observed>> } {
  const copies = new Map<string, Tensor>();
  const observe: Observe = Object.assign(
    (name: string, tensor: Tensor) => {
      if (names.test(name)) copies.set(name, keep(tensor.clone()));
    },
    { isObserved: (name: string) => names.test(name) },
  );
  return {
    observe,
    values: async () => {
      const read = new Map<string, Observed>();
      for (const [name, copy] of copies) {
        read.set(name, { values: (await copy.data()) as Float32Array, shape: copy.shape });
        copy.dispose();
      }
      return read;
    },
  };
}
