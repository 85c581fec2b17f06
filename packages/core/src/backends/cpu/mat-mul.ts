import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type MatMulAttributes, type MatMulInputs, readProduct } from '../product-shape.js';
import { replaceKernel } from '../replace-kernel.js';
import { type CpuInstance, cpuInstance } from './instance.js';
import { multiply } from './multiply.js';

/** Replaces tfjs's matrix product, which computes one element at a time, with one that computes sixteen. */
export function registerMatMul(): void {
  replaceKernel<MatMulInputs, MatMulAttributes>('cpu', 'BatchMatMul', (stock) => (call) => {
    const cpu = cpuInstance(call.backend);
    return (cpu && multiplyTensors(call.inputs, call.attrs, cpu)) ?? stock(call);
  });
}

function multiplyTensors(inputs: MatMulInputs, attributes: MatMulAttributes, cpu: CpuInstance): TensorInfo | null {
  const product = readProduct(inputs, attributes);
  if (!product) return null;
  const { m, n, k, batches, shape, ofA, ofB } = product;
  const result = new Float32Array(batches * m * n);
  const [a, b] = [cpu.values(inputs.a), cpu.values(inputs.b)];
  for (let batch = 0; batch < batches; batch++) {
    const placeA = { values: a, start: batch * ofA.batchStep, ...ofA };
    const placeB = { values: b, start: batch * ofB.batchStep, ...ofB };
    multiply([m, n, k], placeA, placeB, result, batch * m * n);
  }
  return cpu.output(shape, result);
}
