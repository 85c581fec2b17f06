import type { DataType, KernelBackend, TensorInfo, TypedArray } from '@tensorflow/tfjs-core';

/** tfjs's cpu backend as our kernels use it: every tensor is a typed array. */
export interface CpuInstance {
  /** The numbers of a tensor where they lie. */
  values(tensor: TensorInfo): Float32Array;
  /** The numbers of an int32 tensor where they lie. */
  integers(tensor: TensorInfo): Int32Array;
  /** A tensor of these numbers, which become its own. */
  output(shape: readonly number[], values: TypedArray, dtype?: DataType): TensorInfo;
}

interface TfjsCpu {
  readonly blockSize: number;
  readonly data: { get(id: object): { values: TypedArray } };
  makeTensorInfo(shape: number[], dtype: DataType, values: TypedArray): TensorInfo;
}

/** `backend` as our kernels use it, or null where it is another one. */
export function cpuInstance(backend: KernelBackend): CpuInstance | null {
  if (!('blockSize' in backend && 'data' in backend)) return null; // what only tfjs's cpu backend has
  const cpu = backend as unknown as TfjsCpu;
  const valuesOf = ({ dataId }: TensorInfo) => cpu.data.get(dataId).values;
  return {
    values: (tensor) => valuesOf(tensor) as Float32Array,
    integers: (tensor) => valuesOf(tensor) as Int32Array,
    output: (shape, values, dtype = 'float32') => cpu.makeTensorInfo([...shape], dtype, values),
  };
}
