import { expectNumber, expectTensor, SequiturError, scoped, showShape } from '@sequitur/core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { chunkedScan } from './chunked.js';
import type { StateSpaceDuality } from './tensors.js';

export type { StateSpaceDuality } from './tensors.js';

/**
 * State-space duality, the recurrence of Mamba-2 as matrix products (Dao and Gu 2024, section 6): masked attention
 * inside a chunk, a state [headSize, state] between chunks,
 *
 *     h ← exp(Δ A) h + x Bᵀ        y = h C
 *
 * @param chunkLength positions per chunk; does not affect the result. Default 64.
 * @returns y [batch, length, heads, headSize] and the last h [batch, heads, headSize, state]; the caller disposes both
 * @throws SequiturError when a shape, dtype or the chunk does not match
 */
export function stateSpaceDuality(scan: StateSpaceDuality, chunkLength = 64): { y: Tensor4D; state: Tensor4D } {
  expectNumber(
    'stateSpaceDuality, chunkLength',
    chunkLength,
    'an integer of at least 1',
    (n) => Number.isInteger(n) && n >= 1,
  );
  check(scan);
  return scoped(() => chunkedScan(scan, chunkLength));
}

function check({ x, logDecay, inputMatrix, outputMatrix, initialState, resets }: StateSpaceDuality): void {
  if (x.rank !== 4 || inputMatrix.rank !== 4) {
    throw new SequiturError({
      where: 'stateSpaceDuality',
      expected: 'x [batch, length, heads, headSize] and inputMatrix [batch, length, groups, state]',
      got: `${showShape(x.shape)} and ${showShape(inputMatrix.shape)}`,
    });
  }
  const [batch, length, heads, headSize] = x.shape;
  const [, , groups, state] = inputMatrix.shape;
  expectTensor('stateSpaceDuality, x', x);
  expectTensor('stateSpaceDuality, logDecay', logDecay, { shape: [batch, length, heads] });
  for (const [name, matrix] of Object.entries({ inputMatrix, outputMatrix }) as [string, Tensor][]) {
    expectTensor(`stateSpaceDuality, ${name}`, matrix, { shape: [batch, length, groups, state] });
  }
  const expected = `a divisor of the ${heads} heads`;
  expectNumber('stateSpaceDuality, groups', groups, expected, (count) => heads % count === 0);
  if (initialState) {
    expectTensor('stateSpaceDuality, initialState', initialState, { shape: [batch, heads, headSize, state] });
  }
  if (resets) expectTensor('stateSpaceDuality, resets', resets, { shape: [batch, length] });
}
