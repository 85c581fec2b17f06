import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type MatMulAttributes, type MatMulInputs, readProduct } from '../product-shape.js';
import { replaceKernel } from '../replace-kernel.js';
import { type WasmInstance, wasmInstance } from './instance.js';
import { multiplyInParts } from './product.js';

/**
 * Replaces tfjs's matrix products, which are slow for all but the plain product of two matrices. Fused forms with an
 * activation or another bias than one row are left to tfjs.
 */
export function registerMatMul(): void {
  replaceKernel<MatMulInputs, MatMulAttributes>(
    'wasm',
    'BatchMatMul',
    (stock) => (call) => multiply(call.inputs, call.attrs, wasmInstance(call.backend)) ?? stock(call),
  );
  replaceKernel<MatMulInputs, MatMulAttributes>('wasm', '_FusedMatMul', (stock) => (call) => {
    const { inputs, attrs } = call;
    const plain = !attrs.activation || attrs.activation === 'linear';
    return (plain ? multiply(inputs, attrs, wasmInstance(call.backend)) : null) ?? stock(call);
  });
}

/** op(A) op(B) + bias, or null where the case is not supported. */
function multiply(inputs: MatMulInputs, attributes: MatMulAttributes, wasm: WasmInstance | null): TensorInfo | null {
  const { a, b, bias } = inputs;
  const product = wasm && readProduct(inputs, attributes);
  if (!product || (bias && (bias.shape.length !== 1 || bias.shape[0] !== product.n))) return null;
  const output = wasm.output(product.shape);
  const places = { a: wasm.offset(a), b: wasm.offset(b), output: wasm.offset(output), bias: wasm.offsetOr0(bias) };
  multiplyInParts(wasm, product, places);
  return output;
}
