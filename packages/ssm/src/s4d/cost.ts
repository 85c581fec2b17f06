import { linearScanCost } from '@sequitur/core';
import { CHUNK } from './scan.js';

/** Cost of `diagonalScan` for one sequence: the last chunk is padded, and its real length enters the state. */
export function diagonalScanCost(length: number, channels: number, stateSize: number) {
  const chunk = Math.min(CHUNK, length);
  const chunks = Math.ceil(length / chunk);
  const inside = 2 * channels * chunks * chunk * chunk;
  const out = 2 * channels * chunks * chunk * stateSize;
  const into = 2 * channels * chunk * (chunks - 1) * stateSize;
  const last = 2 * channels * (length - chunk * (chunks - 1)) * stateSize;
  const scan = linearScanCost(chunks - 1, channels * stateSize);
  return {
    flops: inside + out + into + last + scan.flops,
    // No later position reads the last state; with a single chunk, the state before it is given.
    gradientFlops: 2 * inside + (chunks > 1 ? 2 : 1) * out + 2 * into + scan.gradientFlops,
  };
}
