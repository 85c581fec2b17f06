import type { backend_util, DataId, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { BufferPool } from './buffer-pool.js';

/** A tensor's record in tfjs's WebGPU backend. */
export interface TensorRecord {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /** Values on the host: before the first use on the GPU, or a copy of what was read back. */
  values: backend_util.BackendValues | null;
  resource: GPUBuffer | null;
}

/** The members of tfjs's WebGPU backend that are used here, private in its types. */
export interface WebGpuInternals {
  readonly tensorMap: { get(id: DataId): TensorRecord; has(id: DataId): boolean };
  readonly bufferManager: BufferPool;
  readonly commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  /** Tensors of commands that are not submitted yet: their buffers are released after those. */
  readonly commandQueueOwnedIds: WeakSet<DataId>;
  readonly uniformPendingDisposal: GPUBuffer[];
  dispatchCountInPass: number;
  tensorToBinding(tensor?: TensorInfo): GPUBindingResource | null;
  uploadToGPU(id: DataId): void;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
}
