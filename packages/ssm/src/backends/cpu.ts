import type { DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';

/** The parts of tfjs's cpu backend that our kernels stand on. */
interface TfjsCpu {
  readonly data: { get(dataId: object): { readonly values: Float32Array } };
  makeTensorInfo(shape: number[], dtype: DataType, values: Float32Array): TensorInfo;
}

/** The numbers of float32 tensors on the cpu backend, read and made. */
export interface CpuArrays {
  values(tensor: TensorInfo): Float32Array;
  output(shape: readonly number[], values: Float32Array): TensorInfo;
}

/** How a kernel on the cpu backend reaches the numbers. */
export function cpuArrays(backend: KernelBackend): CpuArrays {
  const cpu = backend as unknown as TfjsCpu;
  return {
    values: ({ dataId }) => cpu.data.get(dataId).values,
    output: (shape, values) => cpu.makeTensorInfo([...shape], 'float32', values),
  };
}
