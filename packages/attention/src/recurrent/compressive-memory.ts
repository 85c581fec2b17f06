import { add, div, elu, matMul, maximum, sub, sum, type Tensor4D, tidy, transpose, zeros } from '@tensorflow/tfjs-core';

/**
 * The compressive memory of Infini-attention: an associative matrix and a normaliser, of constant size at any length.
 */
export type CompressiveMemory = {
  readonly matrix: Tensor4D; // [batch, heads, headSize, valueSize]: M
  readonly normaliser: Tensor4D; // [batch, heads, headSize, 1]: z
};

/** An empty compressive memory. */
export function emptyCompressiveMemory(
  batch: number,
  heads: number,
  headSize: number,
  valueSize: number,
): CompressiveMemory {
  return { matrix: zeros([batch, heads, headSize, valueSize]), normaliser: zeros([batch, heads, headSize, 1]) };
}

/** σ(x) = ELU(x) + 1, which is above 0 (Katharopoulos et al. 2020, equation 7). */
export function positiveFeatures(x: Tensor4D): Tensor4D {
  return tidy(() => add(elu(x), 1)) as Tensor4D;
}

/** Memory retrieval: σ(Q) M / (σ(Q) z) (Munkhdalai et al. 2024, equation 3); 0 where the memory is empty. */
export function retrieve(features: Tensor4D, { matrix, normaliser }: CompressiveMemory): Tensor4D {
  return tidy(() => div(matMul(features, matrix), maximum(matMul(features, normaliser), 1e-6))) as Tensor4D;
}

/**
 * Memory update: M + σ(K)ᵀ V and z + Σ σ(K) (Munkhdalai et al. 2024, equation 4). With `delta`, only the difference
 * from what the memory already retrieves for these keys is added (equation 5).
 *
 * @param features σ(K) [batch, heads, length, headSize]
 * @param values [batch, heads, length, valueSize]
 */
export function updateMemory(
  memory: CompressiveMemory,
  features: Tensor4D,
  values: Tensor4D,
  delta: boolean,
): CompressiveMemory {
  return tidy(() => {
    const fresh = delta ? (sub(values, retrieve(features, memory)) as Tensor4D) : values;
    return {
      matrix: add(memory.matrix, matMul(features, fresh, true, false)) as Tensor4D,
      normaliser: add(memory.normaliser, transpose(sum(features, 2, true), [0, 1, 3, 2])) as Tensor4D,
    };
  });
}
