import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { replaceKernel } from '../replace-kernel.js';

interface OneInput {
  readonly x: TensorInfo;
}

/**
 * Clones, and casts to the same dtype, share memory instead of copying it, as on tfjs's other backends: tfjs clones
 * every tensor that a gradient needs, and `append` clones a cache in order to write to it.
 */
export function registerSharedValues(): void {
  replaceKernel<OneInput, object>('wasm', 'Identity', () => (call) => shared(call.inputs.x, call.backend));
  replaceKernel<OneInput, { dtype: DataType }>('wasm', 'Cast', (stock) => (call) => {
    const { inputs, attrs, backend } = call;
    return attrs.dtype === inputs.x.dtype ? shared(inputs.x, backend) : stock(call);
  });
}

function shared({ dataId, shape, dtype }: TensorInfo, backend: BackendWasm): TensorInfo {
  backend.incRef(dataId);
  return { dataId, shape, dtype };
}
