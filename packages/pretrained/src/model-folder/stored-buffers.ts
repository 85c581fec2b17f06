import { SequiturError, shorten } from '@sequitur/core';
import type { Checkpoint } from '../safetensors/checkpoint.js';
import { fits } from '../weights/weight-map.js';

/** A buffer that is stored although a model computes it: masks, positions, frequencies. */
export interface StoredBuffer {
  /** The name, with `{i}` for numbers. */
  readonly tensor: string;
  /** The values that a model computes in its place, for messages. */
  readonly means: string;
  /** Whether these are the numbers that the model computes. */
  holds(values: Float32Array, shape: readonly number[]): boolean;
}

/** @throws SequiturError naming the first buffer that holds other numbers than the model computes */
export async function checkBuffers(buffers: readonly StoredBuffer[], checkpoint: Checkpoint): Promise<void> {
  for (const [name, { shape }] of checkpoint.tensors) {
    const buffer = buffers.find(({ tensor }) => fits(tensor, name));
    if (!buffer || buffer.holds(await checkpoint.readNumbers(name), shape)) continue;
    throw new SequiturError({
      where: `${checkpoint.name}, tensor '${shorten(name)}'`,
      expected: `${buffer.means}, as config.json says`,
      got: 'other numbers',
      fix: 'Check that config.json and the weights belong together',
    });
  }
}

/** Ids of positions, counted from 0. */
export function positionIds(tensor: string): StoredBuffer {
  return { tensor, means: 'positions counted from 0', holds: (values) => values.every((value, i) => value === i) };
}

/** Ids of token types where none are given. */
export function tokenTypeIds(tensor: string): StoredBuffer {
  return { tensor, means: 'zeros', holds: (values) => values.every((value) => value === 0) };
}

/** A mask [..., length, length] that lets each token see itself and up to `window` - 1 tokens before it. */
export function causalMask(tensor: string, window = Number.POSITIVE_INFINITY): StoredBuffer {
  return {
    tensor,
    means: 'a mask that hides what comes',
    holds: (values, shape) => {
      const length = shape.at(-1) ?? 0;
      return values.every((value, i) => {
        const [query, key] = [Math.floor(i / length) % length, i % length];
        return value === Number(key <= query && query - key < window);
      });
    },
  };
}

/** The score of a token that is hidden: one that no softmax can see. */
export function hiddenScore(tensor: string): StoredBuffer {
  return { tensor, means: 'a number that hides a token', holds: (values) => values.every((value) => value <= -1e4) };
}

/** The frequencies of a rotary encoding, in any of these forms. */
export function rotaryFrequencies(tensor: string, forms: () => readonly Float32Array[]): StoredBuffer {
  const isClose = (value: number, wanted: number) => Math.abs(value - wanted) <= wanted / 64 + 1e-7; // half precision
  return {
    tensor,
    means: 'rotary frequencies of this base',
    holds: (values) =>
      forms().some((form) => form.length === values.length && form.every((wanted, i) => isClose(values[i]!, wanted))),
  };
}
