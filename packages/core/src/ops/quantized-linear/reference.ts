import { add, concat, matMul, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { type DequantizeAttributes, dequantizeRange } from '../dequantize-rows/index.js';

/** Elements that are dequantized at once: 16 MiB as float32. */
const MOST_DEQUANTIZED = 2 ** 22;

/** x [n, columns] Wᵀ + b -> [n, rows], with some rows of W dequantized at a time. */
export function quantizedLinearReference(
  x: Tensor2D,
  words: Tensor,
  scales: Tensor,
  bias: Tensor | undefined,
  attributes: DequantizeAttributes,
): Tensor2D {
  return tidy(() => {
    const [rows, block] = [words.shape[0]!, Math.max(1, Math.floor(MOST_DEQUANTIZED / attributes.columns))];
    const products: Tensor2D[] = [];
    for (let first = 0; first < rows; first += block) {
      const part = { first, count: Math.min(block, rows - first) };
      const product = tidy(() => matMul(x, dequantizeRange(words, scales, part, attributes), false, true));
      products.push(product as Tensor2D);
    }
    const product = products.length === 1 ? products[0]! : concat(products, 1);
    return bias ? (add(product, bias) as Tensor2D) : product;
  });
}
