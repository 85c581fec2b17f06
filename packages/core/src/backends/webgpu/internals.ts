import type { backend_util, DataId, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { BufferPool } from './buffer-pool.js';

/** What tfjs's WebGPU backend knows of a tensor. */
export interface TensorRecord {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /** On the host: before the first use on the GPU, or as a copy of what was read back. */
  values: backend_util.BackendValues | null;
  resource: GPUBuffer | null;
}

/** What we use of tfjs's WebGPU backend, private in its types. */
export interface WebGpuInternals {
  readonly tensorMap: { get(id: DataId): TensorRecord; has(id: DataId): boolean };
  readonly bufferManager: BufferPool;
  readonly commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  /** Tensors that commands not yet submitted use: their buffers are given back after those. */
  readonly commandQueueOwnedIds: WeakSet<DataId>;
  readonly uniformPendingDisposal: GPUBuffer[];
  dispatchCountInPass: number;
  tensorToBinding(tensor?: TensorInfo): GPUBindingResource | null;
  uploadToGPU(id: DataId): void;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
}
