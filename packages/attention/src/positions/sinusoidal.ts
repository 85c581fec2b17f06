/** How sines and cosines lie in a row: by turns (Vaswani et al. 2017), or all sines before all cosines (Marian, BART's kin). */
export type SinusoidalLayout = 'interleaved' | 'halves';

/**
 * Vectors of sines and cosines of growing wavelength, one for each position (Vaswani et al. 2017, section 3.5):
 * sin(position / 10000^(2i / width)) and cos of the same.
 *
 * @returns [count, width], row-major
 */
export function sinusoidalTable(count: number, width: number, layout: SinusoidalLayout = 'interleaved'): Float32Array {
  const table = new Float32Array(count * width);
  const sines = Math.ceil(width / 2);
  for (let position = 0; position < count; position++) {
    for (let j = 0; j < width; j++) {
      const isSine = layout === 'interleaved' ? j % 2 === 0 : j < sines;
      const pair = layout === 'interleaved' ? Math.floor(j / 2) : isSine ? j : j - sines;
      const angle = position / 10000 ** ((2 * pair) / width);
      table[position * width + j] = isSine ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return table;
}
