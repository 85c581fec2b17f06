import { Parameter } from '@sequitur/core';

/**
 * The stored frequencies of the sinusoids in Transformer-XL checkpoints, 10000^(-2i / width) for each pair: [width /
 * 2]. Kept for saving only; distances are computed where needed.
 */
export function storedFrequencies(width: number): Parameter {
  const frequencies = new Parameter([Math.ceil(width / 2)], ([pairs]) =>
    Float32Array.from({ length: pairs! }, (_, i) => 10000 ** ((-2 * i) / width)),
  );
  frequencies.trainable = false;
  return frequencies;
}
