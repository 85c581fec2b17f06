import { util } from '@tensorflow/tfjs-core';
import type { Steps } from '../../backends/product-shape.js';
import { wasmInstance } from '../../backends/wasm/instance.js';
import { multiplyInParts } from '../../backends/wasm/product.js';
import type { NativeKernel } from '../define-op.js';

/** One product in tfjs's memory; the bias is the initial value of the sums. */
export const linearWasm: NativeKernel<object> = ({ inputs, backend }) => {
  const wasm = wasmInstance(backend);
  if (!wasm) return null;
  const { x, weight, bias } = inputs;
  const [k, n] = weight!.shape as [number, number];
  const m = util.sizeFromShape(x!.shape) / k;
  const output = wasm.output([...x!.shape.slice(0, -1), n]);
  multiplyInParts(
    wasm,
    { batches: 1, m, n, k, ofA: rowsOf(k), ofB: rowsOf(n) },
    {
      a: wasm.offset(x!),
      b: wasm.offset(weight!),
      output: wasm.offset(output),
      bias: wasm.offsetOr0(bias),
    },
  );
  return [output];
};

/** One matrix with contiguous rows. */
function rowsOf(width: number): Steps {
  return { batchStep: 0, rowStep: width, columnStep: 1 };
}
