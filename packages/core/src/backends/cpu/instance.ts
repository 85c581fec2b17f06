import type { DataType, KernelBackend, TensorInfo, TypedArray } from '@tensorflow/tfjs-core';

/** tfjs's cpu backend as kernels use it: every tensor is a typed array. */
export interface CpuInstance {
  /** A view of the elements of a tensor. */
  values(tensor: TensorInfo): Float32Array;
  /** A view of the elements of an int32 tensor. */
  integers(tensor: TensorInfo): Int32Array;
  /** Creates a tensor that takes ownership of the array. */
  output(shape: readonly number[], values: TypedArray, dtype?: DataType): TensorInfo;
}

interface TfjsCpu {
  readonly blockSize: number;
  readonly data: { get(id: object): { values: TypedArray } };
  makeTensorInfo(shape: number[], dtype: DataType, values: TypedArray): TensorInfo;
}

/** The cpu backend as kernels use it, or null for another backend. */
export function cpuInstance(backend: KernelBackend): CpuInstance | null {
  if (!('blockSize' in backend && 'data' in backend)) return null; // a property of tfjs's cpu backend only
  const cpu = backend as unknown as TfjsCpu;
  const valuesOf = ({ dataId }: TensorInfo) => cpu.data.get(dataId).values;
  return {
    values: (tensor) => valuesOf(tensor) as Float32Array,
    integers: (tensor) => valuesOf(tensor) as Int32Array,
    output: (shape, values, dtype = 'float32') => cpu.makeTensorInfo([...shape], dtype, values),
  };
}
