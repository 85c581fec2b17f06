import type { DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import { SequiturError } from '../../errors.js';
import { sizeOf } from '../../shape.js';
import { tooLarge } from './failures.js';
import type { WebGpuInternals } from './internals.js';
import { bindingsOf, encodeParameters, sourceOf, type WebGpuKernel } from './kernel.js';

/** Some numbers of a tensor: part of a table that is too large to be bound whole. */
export interface TensorPart {
  readonly of: TensorInfo;
  /** The first number; a multiple of 64, since bindings start at multiples of 256 bytes. */
  readonly start: number;
  readonly count: number;
}

export interface ComputeCall {
  /** For every binding of the kernel. */
  readonly tensors: Readonly<Record<string, TensorInfo | TensorPart>>;
  readonly parameters: Readonly<Record<string, number>>;
  readonly workgroups: number;
}

/** A WebGPU backend as our kernels use it. */
export interface WebGpuInstance {
  /** The largest tensor that can be bound whole, in bytes. */
  readonly mostBindingBytes: number;
  /** The adapter computes on the processor, where a load is as dear as ten products. */
  readonly isSoftware: boolean;
  /** Lanes of a subgroup, where the device has subgroups and all are alike; else null. */
  readonly subgroupSize: number | null;
  /** Kernels may hold numbers in half precision between memory and product: asked for, and the device can. */
  readonly halfPrecision: boolean;
  output(shape: readonly number[], dtype?: DataType): TensorInfo;
  /** Runs a kernel. Tensors that it writes must be nobody else's constants. */
  compute(kernel: WebGpuKernel, call: ComputeCall): void;
  /** A float32 tensor for the time of `use`, its numbers whatever lay there before. */
  withScratch<T>(shape: readonly number[], use: (scratch: TensorInfo) => T): T;
  /** Fills a tensor with zeros. */
  clear(tensor: TensorInfo): void;
}

/** `backend` as our kernels use it, or null where it is none of ours. */
export function webGpuInstance(backend: KernelBackend): WebGpuInstance | null {
  return 'compute' in backend ? (backend as unknown as WebGpuInstance) : null;
}

/** How many numbers there are for so many lanes of a workgroup: one workgroup for each so many. */
export function groupsOf(count: number, size = 64): number {
  return Math.ceil(count / size);
}

/** A dispatch takes so many workgroups along each axis. */
const MOST_WORKGROUPS = 65535;
/** tfjs submits its commands in batches of this many dispatches. */
const DISPATCHES_PER_SUBMISSION = 15;

/** Compiles kernels on one device, each once, and puts them into tfjs's stream of commands. */
export class Dispatcher {
  readonly #device: GPUDevice;
  readonly #internals: WebGpuInternals;
  readonly #most: () => number;
  readonly #pipelines = new Map<string, GPUComputePipeline>();

  /** @param most the largest binding, in bytes */
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
    if (name in kernel.writes) record.values = null; // what was read back before is no longer what it holds
    const buffer = record.resource!;
    // A buffer of the pool may be larger than its tensor, and larger than what can be bound.
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

/** A kernel reads what a tensor holds as what it declares: floats are no integers. */
function checkElements(kernel: WebGpuKernel, name: string, dtype: DataType): void {
  const declared = kernel.reads[name] ?? kernel.writes[name];
  if (declared?.includes('f32') === (dtype === 'float32')) return;
  throw new SequiturError({
    where: `the WebGPU kernel ${kernel.name}, ${name}`,
    expected: `a tensor of ${declared}`,
    got: dtype,
  });
}
