/**
 * The layout of sines and cosines in a row: alternating (Vaswani et al. 2017), or all sines before all cosines (Marian,
 * BART-like models). The lowest frequency is near 1 / 10000, with `halvesTo10000` exactly that (M2M100).
 */
export type SinusoidalLayout = 'interleaved' | 'halves' | 'halvesTo10000';

/**
 * The table of sinusoidal position embeddings (Vaswani et al. 2017, section 3.5): sin(position / 10000^(2i / width))
 * and cos of the same.
 *
 * @returns [count, width], row-major
 */
export function sinusoidalTable(count: number, width: number, layout: SinusoidalLayout = 'interleaved'): Float32Array {
  const table = new Float32Array(count * width);
  const sines = Math.ceil(width / 2);
  const pairs = layout === 'halvesTo10000' ? Math.floor(width / 2) - 1 : width / 2;
  for (let position = 0; position < count; position++) {
    for (let j = 0; j < width; j++) {
      const isSine = layout === 'interleaved' ? j % 2 === 0 : j < sines;
      const pair = layout === 'interleaved' ? Math.floor(j / 2) : isSine ? j : j - sines;
      const angle = position / 10000 ** (pair / pairs);
      table[position * width + j] = isSine ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return table;
}
