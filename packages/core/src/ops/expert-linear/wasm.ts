import { wasmInstance } from '../../backends/wasm/instance.js';
import { multiplyInParts } from '../../backends/wasm/product.js';
import type { NativeKernel } from '../define-op.js';
import type { ExpertLinearAttributes } from './reference.js';
import { isGrouped, runsOf } from './runs.js';

/** One product per run of rows of an expert, in tfjs's memory. */
export const expertLinearWasm: NativeKernel<ExpertLinearAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = wasmInstance(backend);
  if (!wasm) return null;
  const { x, weight, experts } = inputs;
  const [, inner, outer] = weight!.shape as [number, number, number];
  const [k, n] = attributes.transposed ? [outer, inner] : [inner, outer];
  const output = wasm.output([x!.shape[0]!, n]);
  const steps = attributes.transposed ? { rowStep: 1, columnStep: outer } : { rowStep: outer, columnStep: 1 };
  for (const { expert, row, rows } of runsOf(wasm.integers(wasm.offset(experts!), experts!.size))) {
    const ofA = { batchStep: 0, rowStep: k, columnStep: 1 };
    multiplyInParts(
      wasm,
      { batches: 1, m: rows, n, k, ofA, ofB: { batchStep: 0, ...steps } },
      {
        a: wasm.offset(x!) + 4 * row * k,
        b: wasm.offset(weight!) + 4 * expert * inner * outer,
        output: wasm.offset(output) + 4 * row * n,
        bias: 0,
      },
    );
  }
  return [output];
};

export const expertOuterWasm: NativeKernel<{ readonly count: number }> = ({ inputs, attributes, backend }) => {
  const wasm = wasmInstance(backend);
  if (!wasm) return null;
  const { x, dy, experts } = inputs;
  const runs = runsOf(wasm.integers(wasm.offset(experts!), experts!.size));
  if (!isGrouped(runs)) return null;
  const [m, n] = [x!.shape[1]!, dy!.shape[1]!];
  const sums = wasm.output([attributes.count, m, n]);
  if (runs.length < attributes.count) wasm.values(sums).fill(0);
  for (const { expert, row, rows } of runs) {
    const ofA = { batchStep: 0, rowStep: 1, columnStep: m };
    multiplyInParts(
      wasm,
      { batches: 1, m, n, k: rows, ofA, ofB: { batchStep: 0, rowStep: n, columnStep: 1 } },
      {
        a: wasm.offset(x!) + 4 * row * m,
        b: wasm.offset(dy!) + 4 * row * n,
        output: wasm.offset(sums) + 4 * expert * m * n,
        bias: 0,
      },
    );
  }
  return [sums];
};
