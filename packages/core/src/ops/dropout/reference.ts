import { mul, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';

export interface DropoutAttributes {
  /** In [0, 1). */
  readonly rate: number;
  /** In [0, 2³²). */
  readonly seed: number;
}

/** Srivastava et al. 2014, section 4, scaled in training: x m / (1 - p), with m drawn as `dropoutMask` says. */
export function dropoutReference(x: Tensor, rate: number, seed: number): Tensor {
  return tidy(() => mul(x, tensor(dropoutMask(x.size, rate, seed), x.shape, 'float32')));
}

/** 0 where the element is dropped, 1 / (1 - rate) where it stays. */
export function dropoutMask(size: number, rate: number, seed: number): Float32Array {
  const threshold = dropoutThreshold(rate);
  const mask = new Float32Array(size);
  for (let i = 0; i < size; i++) mask[i] = dropoutBits(i, seed) >= threshold ? 1 / (1 - rate) : 0;
  return mask;
}

/** An element is dropped when its 32 random bits are below this share of 2³². */
export function dropoutThreshold(rate: number): number {
  return Math.floor(rate * 2 ** 32);
}

/**
 * 32 random bits for element `index`, a function of seed and index only (a counter-based generator: Salmon et al.
 * 2011), so that the backward pass draws the same mask without storing it, and every backend drops the same elements.
 * Two rounds of MurmurHash3's finaliser (Appleby 2011), with the seed mixed in before each.
 */
export function dropoutBits(index: number, seed: number): number {
  return finalise(finalise(index ^ seed) + Math.imul(seed, 0x9e3779b9)) >>> 0;
}

function finalise(bits: number): number {
  let h = bits | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
