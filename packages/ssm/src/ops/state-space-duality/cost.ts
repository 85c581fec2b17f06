import { linearScanCost } from '@sequitur/core';

interface DualitySizes {
  readonly heads: number;
  readonly headSize: number;
  readonly state: number;
  readonly chunk: number;
}

/** Cost of `stateSpaceDuality` for one sequence: the last chunk is padded to full length. */
export function stateSpaceDualityCost(length: number, { heads, headSize, state, chunk: wanted }: DualitySizes) {
  const chunk = Math.min(wanted, length);
  const chunks = Math.ceil(length / chunk);
  const inside = 2 * heads * chunks * chunk * chunk * (state + headSize);
  const throughState = 2 * heads * chunks * chunk * headSize * state; // into it, and the same out of it
  const scan = linearScanCost(chunks, heads * headSize * state);
  return {
    flops: inside + 2 * throughState + scan.flops,
    // With a single chunk nothing reads the state, and the one before it is given.
    gradientFlops: 2 * inside + (chunks > 1 ? 4 * throughState + scan.gradientFlops : throughState),
  };
}
