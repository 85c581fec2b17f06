import { Parameter } from '@sequitur/core';

/**
 * What checkpoints of Transformer-XL store of its sinusoids, 10000^(-2i / width) for each pair: [width / 2]. It is kept for
 * them alone and never trained, since distances are computed where they are needed.
 */
export function storedFrequencies(width: number): Parameter {
  const frequencies = new Parameter([Math.ceil(width / 2)], ([pairs]) =>
    Float32Array.from({ length: pairs! }, (_, i) => 10000 ** ((-2 * i) / width)),
  );
  frequencies.trainable = false;
  return frequencies;
}
