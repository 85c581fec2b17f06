import type { Outputs } from './model-under-test.js';

/** A tensor on the host. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Reads every output to the host and frees it. */
export async function readOutputs(outputs: Outputs): Promise<Map<string, HostTensor>> {
  const read = new Map<string, HostTensor>();
  for (const [name, tensor] of Object.entries(outputs)) {
    read.set(name, { shape: tensor.shape, values: (await tensor.data()) as Float32Array });
    tensor.dispose();
  }
  return read;
}
