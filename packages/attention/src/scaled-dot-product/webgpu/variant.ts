import type { OpInputs } from '@sequitur/core';
import type { SettledOptions } from '../options.js';

/** What the code of a kernel depends on; the rest are numbers handed over with each call. */
export interface Variant {
  readonly headSize: number;
  readonly valueSize: number;
  readonly visible: boolean;
  /** How the second tensor of scores is read. */
  readonly extra: 'none' | 'bias' | 'relative';
  readonly softCap: boolean;
  readonly dropout: boolean;
  readonly evenly: boolean;
}

/** The largest head that the registers and the shared memory are planned for. */
const MOST = 256;

/** Null where no kernel is written for it: heads of more than 256, and even shares over all keys. */
export function variantOf(inputs: OpInputs, options: SettledOptions): Variant | null {
  const { query, value, visible, bias, relative } = inputs;
  const [headSize, valueSize] = [query!.shape[3]!, value!.shape[3]!];
  if (headSize > MOST || valueSize > MOST || options.unseen === 'all') return null;
  return {
    ...{ headSize, valueSize, visible: !!visible, softCap: options.softCap !== undefined, dropout: !!options.dropout },
    extra: bias ? 'bias' : relative ? 'relative' : 'none',
    evenly: options.unseen === 'evenly',
  };
}

export function nameOf(kernel: string, variant: Variant): string {
  return `attention ${kernel} ${Object.values(variant).join(' ')}`;
}

/** Keys, or queries, that are in shared memory at a time. */
export function tileLength({ headSize, valueSize }: Variant): number {
  return Math.max(headSize, valueSize) <= 64 ? 16 : Math.max(headSize, valueSize) <= 128 ? 8 : 4;
}

/** Numbers in fours. */
export function fours(size: number): number {
  return Math.ceil(size / 4);
}

/** The four numbers from `at` + 4 `index` on, 0 beyond `size`. */
export function loadFour(tensor: string, at: string, index: string, size: number): string {
  const numbers = [0, 1, 2, 3].map((i) => {
    const number = `${tensor}[${at} + 4u * ${index} + ${i}u]`;
    return size % 4 === 0 ? number : `select(0.0, ${number}, 4u * ${index} + ${i}u < ${size}u)`;
  });
  return `vec4<f32>(${numbers.join(', ')})`;
}

/** Writes a row of the lane to `at`, as far as `size` goes. */
export function storeRow(tensor: string, at: string, size: number, name: string): string {
  return `for (var d = 0u; d < ${size}u; d++) { ${tensor}[${at} + d] = ${name}[d / 4u][d % 4u]; }`;
}
