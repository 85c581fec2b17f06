import type { DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import { SequiturError } from '../../errors.js';
import { sizeOf } from '../../shape.js';
import { tooLarge } from './failures.js';
import type { WebGpuInternals } from './internals.js';
import { bindingsOf, encodeParameters, sourceOf, type WebGpuKernel } from './kernel.js';

/** A range of a tensor's elements: part of a table that is too large for one binding. */
export interface TensorPart {
  readonly of: TensorInfo;
  /** The first element; a multiple of 64, since bindings start at multiples of 256 bytes. */
  readonly start: number;
  readonly count: number;
}

export interface ComputeCall {
  /** For every binding of the kernel. */
  readonly tensors: Readonly<Record<string, TensorInfo | TensorPart>>;
  readonly parameters: Readonly<Record<string, number>>;
  readonly workgroups: number;
}

/** The WebGPU backend as kernels use it. */
export interface WebGpuInstance {
  /** The largest tensor that fits into one binding, in bytes. */
  readonly mostBindingBytes: number;
  /** Whether the adapter computes on the CPU, where a load costs as much as ten products. */
  readonly isSoftware: boolean;
  /** Lanes per subgroup, where the device has subgroups of equal size; else null. */
  readonly subgroupSize: number | null;
  /** Whether kernels may use half precision: requested and supported. */
  readonly halfPrecision: boolean;
  output(shape: readonly number[], dtype?: DataType): TensorInfo;
  /** Runs a kernel. Tensors that it writes must not be used elsewhere as constants. */
  compute(kernel: WebGpuKernel, call: ComputeCall): void;
  /** An uninitialised float32 tensor for the duration of `use`. */
  withScratch<T>(shape: readonly number[], use: (scratch: TensorInfo) => T): T;
  /** Fills a tensor with zeros. */
  clear(tensor: TensorInfo): void;
}

/** The WebGPU backend as kernels use it, or null for another backend. */
export function webGpuInstance(backend: KernelBackend): WebGpuInstance | null {
  return 'compute' in backend ? (backend as unknown as WebGpuInstance) : null;
}

/** The number of workgroups for `count` lanes. */
export function groupsOf(count: number, size = 64): number {
  return Math.ceil(count / size);
}

/** Maximum number of workgroups along each axis of a dispatch. */
const MOST_WORKGROUPS = 65535;
/** tfjs submits its commands in batches of this many dispatches. */
const DISPATCHES_PER_SUBMISSION = 15;

/** Compiles kernels on a device, each once, and adds them to tfjs's command stream. */
export class Dispatcher {
  readonly #device: GPUDevice;
  readonly #internals: WebGpuInternals;
  readonly #most: () => number;
  readonly #pipelines = new Map<string, GPUComputePipeline>();

  /** @param most the size of the largest binding, in bytes */
  constructor(device: GPUDevice, internals: WebGpuInternals, most: () => number) {
    this.#most = most;
    this.#device = device;
    this.#internals = internals;
  }

  run(kernel: WebGpuKernel, { tensors, parameters, workgroups }: ComputeCall): void {
    if (workgroups === 0) return;
    const internals = this.#internals;
    const pipeline = this.#pipelineOf(kernel);
    const names = bindingsOf(kernel);
    const resources = names.map((name) => this.#bind(kernel, name, tensors[name]!));
    const uniform = this.#uniform(encodeParameters(kernel, parameters));
    const bindGroup = this.#device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [...resources, { buffer: uniform }].map((resource, binding) => ({ binding, resource })),
    });
    internals.ensureCommandEncoderReady();
    internals.computePassEncoder ??= internals.commandEncoder!.beginComputePass();
    const pass = internals.computePassEncoder;
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    const rows = Math.ceil(workgroups / MOST_WORKGROUPS);
    pass.dispatchWorkgroups(Math.ceil(workgroups / rows), rows);
    if (++internals.dispatchCountInPass < DISPATCHES_PER_SUBMISSION) return;
    internals.endComputePassEncoder();
    internals.submitQueue();
  }

  #pipelineOf(kernel: WebGpuKernel): GPUComputePipeline {
    const known = this.#pipelines.get(kernel.name);
    if (known) return known;
    const module = this.#device.createShaderModule({ code: sourceOf(kernel), label: kernel.name });
    const pipeline = this.#device.createComputePipeline({ layout: 'auto', compute: { module }, label: kernel.name });
    this.#pipelines.set(kernel.name, pipeline);
    return pipeline;
  }

  #bind(kernel: WebGpuKernel, name: string, tensor: TensorInfo | TensorPart): GPUBufferBinding {
    const part = 'of' in tensor ? tensor : null;
    const { dataId, ...described } = part ? part.of : (tensor as TensorInfo);
    const count = part ? part.count : sizeOf(described.shape);
    if (count * 4 > this.#most()) throw tooLarge(part ? { ...described, shape: [count] } : described, this.#most());
    this.#internals.uploadToGPU(dataId);
    this.#internals.commandQueueOwnedIds.add(dataId);
    const record = this.#internals.tensorMap.get(dataId);
    checkElements(kernel, name, record.dtype);
    if (name in kernel.writes) record.values = null; // what was read back before is outdated
    const buffer = record.resource!;
    // A buffer of the pool may be larger than its tensor, and larger than the largest binding.
    return { buffer, offset: (part?.start ?? 0) * 4, size: Math.max(4, count * 4) };
  }

  #uniform(bytes: ArrayBuffer): GPUBuffer {
    const { bufferManager: pool, uniformPendingDisposal } = this.#internals;
    const uniform = pool.acquireBuffer(bytes.byteLength, GPUBufferUsage.COPY_DST | GPUBufferUsage.UNIFORM);
    this.#device.queue.writeBuffer(uniform, 0, bytes);
    uniformPendingDisposal.push(uniform);
    return uniform;
  }
}

/** The dtype of a tensor must be what the kernel declares: floats are not integers. */
function checkElements(kernel: WebGpuKernel, name: string, dtype: DataType): void {
  const declared = kernel.reads[name] ?? kernel.writes[name];
  if (declared?.includes('f32') === (dtype === 'float32')) return;
  throw new SequiturError({
    where: `the WebGPU kernel ${kernel.name}, ${name}`,
    expected: `a tensor of ${declared}`,
    got: dtype,
  });
}
