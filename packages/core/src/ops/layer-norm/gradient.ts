import { add, mean, mul, reshape, rsqrt, square, sub, sum, type Tensor } from '@tensorflow/tfjs-core';
import { wasmInstance } from '../../backends/wasm/instance.js';
import { sumOverRows } from '../../backends/wasm/rows.js';
import { defineOp, type NativeKernel } from '../define-op.js';
import { layerNormGradientCpu } from './cpu.js';
import { layerNormGradientWebGpu } from './webgpu.js';

interface Attributes {
  readonly epsilon: number;
}

/** The derivative of `layerNormReference`: {x, weight, dy} -> [dx, dweight, dbias]. */
export const layerNormGradient = defineOp<Attributes>({
  name: 'SequiturLayerNormGradient',
  reference: ({ x, weight, dy }, { epsilon }) => layerNormGradientReference(x!, weight!, dy!, epsilon),
  kernels: { wasm: (call) => layerNormGradientWasm(call), cpu: layerNormGradientCpu, webgpu: layerNormGradientWebGpu },
});

/**
 * With n = (x - μ) / sqrt(σ² + ε) and g = weight ⊙ dy: dx = (g - mean(g) - n mean(g ⊙ n)) / sqrt(σ² + ε), each mean over
 * a row; dweight = Σ dy ⊙ n and dbias = Σ dy over all rows.
 */
function layerNormGradientReference(x: Tensor, weight: Tensor, dy: Tensor, epsilon: number): Tensor[] {
  const width = weight.shape[0]!;
  const rows = reshape(x, [-1, width]);
  const dRows = reshape(dy, [-1, width]);
  const nearlyCentred = sub(rows, mean(rows, -1, true));
  const centred = sub(nearlyCentred, mean(nearlyCentred, -1, true));
  const inverseDeviation = rsqrt(add(mean(square(centred), -1, true), epsilon)); // [rows, 1]
  const normal = mul(centred, inverseDeviation);
  const scaled = mul(dRows, weight);
  const along = mul(normal, mean(mul(scaled, normal), -1, true));
  const dx = mul(sub(sub(scaled, mean(scaled, -1, true)), along), inverseDeviation);
  return [reshape(dx, x.shape), sum(mul(dRows, normal), 0), sum(dRows, 0)];
}

const layerNormGradientWasm: NativeKernel<Attributes> = ({ inputs, attributes, backend }) => {
  const wasm = wasmInstance(backend);
  if (!wasm) return null;
  const { x, weight, dy } = inputs;
  const width = weight!.shape[0]!;
  const [dx, dweight, dbias] = [wasm.output(x!.shape), wasm.output([width]), wasm.output([width])];
  const [rows, weights, slopes, to] = [wasm.offset(x!), wasm.offset(weight!), wasm.offset(dy!), wasm.offset(dx)];
  const cost = { count: x!.size / width, cost: 40 * width };
  sumOverRows(wasm, 'layerNormBackward', cost, { sums: [dweight, dbias], scratch: width }, (range, sums, row) => {
    const bytes = 4 * range.from * width;
    return [
      ...[range.count, width, rows + bytes, weights, slopes + bytes],
      ...[attributes.epsilon, to + bytes, ...sums, row],
    ];
  });
  return [dx, dweight, dbias];
};
