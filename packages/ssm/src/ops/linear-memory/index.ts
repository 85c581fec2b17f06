import { expectTensor, SequiturError, scoped, showShape } from '@sequitur/core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { chunkedLinearMemory } from './chunked.js';
import type { LinearMemory, LinearMemoryState } from './tensors.js';

export type { LinearMemory, LinearMemoryState } from './tensors.js';

/**
 * The linear memory of Titans (Behrouz, Zhong and Mirrokni 2025, equations 8 to 14): gradient descent with momentum and weight
 * decay on the squared error of a linear map from keys to values,
 *
 *     S ← η S - θ ∇|Mᵀk - v|²        M ← (1 - α) M + S        y = Mᵀq
 *
 * @param chunkLength positions per chunk; does not affect the result. Default 32.
 * @returns y [batch, length, heads, valueSize] and the last state, which the caller disposes
 * @throws SequiturError when a shape or dtype does not match
 */
export function linearMemory(given: LinearMemory, chunkLength = 32): { y: Tensor4D; state: LinearMemoryState } {
  check(given);
  return scoped(() => chunkedLinearMemory(given, chunkLength));
}

function check({ query, key, value, initialState, resets, real, ...gates }: LinearMemory): void {
  if (key.rank !== 4 || value.rank !== 4) {
    throw new SequiturError({
      where: 'linearMemory',
      expected: 'key [batch, length, heads, keySize] and value [batch, length, heads, valueSize]',
      got: `${showShape(key.shape)} and ${showShape(value.shape)}`,
    });
  }
  const [batch, length, heads, keySize] = key.shape;
  expectTensor('linearMemory, query', query, { shape: key.shape });
  expectTensor('linearMemory, value', value, { shape: [batch, length, heads, value.shape[3]] });
  for (const [name, gate] of Object.entries(gates) as [string, Tensor][]) {
    expectTensor(`linearMemory, ${name}`, gate, { shape: [batch, length, heads] });
  }
  for (const [name, state] of Object.entries(initialState ?? {})) {
    expectTensor(`linearMemory, ${name}`, state, { shape: [batch, heads, keySize, value.shape[3]] });
  }
  for (const [name, mask] of Object.entries({ real, resets })) {
    if (mask) expectTensor(`linearMemory, ${name}`, mask, { shape: [batch, length] });
  }
}
