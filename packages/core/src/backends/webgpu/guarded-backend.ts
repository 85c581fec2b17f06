import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { type DataId, type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { garbageCollector } from '#platform';
import type { SequiturError } from '../../errors.js';
import type { CopiedRange, CopiesRanges } from '../copy-rows.js';
import { BindGroups } from './bind-groups.js';
import { BufferPool } from './buffer-pool.js';
import { type ComputeCall, Dispatcher, type WebGpuInstance } from './compute.js';
import { type OpenedDevice, subgroupSizeOf } from './device.js';
import { type Described, isLoss, lost, refused, tooLarge } from './failures.js';
import type { WebGpuInternals } from './internals.js';
import type { WebGpuKernel } from './kernel.js';

type Values = Float32Array | Int32Array | Uint8Array;

/**
 * tfjs's WebGPU backend on the device and buffer pool of this package. It throws where tfjs is silent: on bindings that
 * are too large, on errors that the device reports asynchronously, and on device loss. Also runs the kernels of
 * Sequitur.
 */
export class GuardedWebGpuBackend extends WebGPUBackend implements CopiesRanges, WebGpuInstance {
  /** The limit of the device; tests may set a smaller one. */
  mostBindingBytes: number;
  readonly isSoftware: boolean;
  readonly subgroupSize: number | null;
  readonly halfPrecision: boolean;
  readonly #device: GPUDevice;
  readonly #lost: Promise<never>;
  readonly #dispatcher: Dispatcher;
  readonly #bindGroups: BindGroups;
  #failure: SequiturError | undefined;

  constructor({ device, info, isSoftware }: OpenedDevice, halfPrecision: boolean) {
    super(device, info);
    this.halfPrecision = halfPrecision && device.features.has('shader-f16');
    this.isSoftware = isSoftware;
    this.subgroupSize = subgroupSizeOf(device, info);
    this.#device = device;
    this.#bindGroups = BindGroups.on(device, garbageCollector());
    this.mostBindingBytes = device.limits.maxStorageBufferBindingSize;
    (this as unknown as { bufferManager: BufferPool }).bufferManager = new BufferPool(device, (buffer) =>
      this.#bindGroups.release(buffer),
    );
    this.#dispatcher = new Dispatcher(device, this.#internals, () => this.mostBindingBytes);
    this.#guardBindings();
    device.addEventListener('uncapturederror', (event) => {
      event.preventDefault();
      this.#failure ??= refused(event.error.message);
    });
    this.#lost = device.lost.then(({ reason, message }) => {
      this.#failure = lost(reason, message);
      throw this.#failure;
    });
    this.#lost.catch(() => {});
  }

  get #internals(): WebGpuInternals {
    return this as unknown as WebGpuInternals;
  }

  get isLost(): boolean {
    return this.#failure !== undefined && isLoss(this.#failure);
  }

  /** Number of cached bind groups. */
  get keptBindGroups(): number {
    return this.#bindGroups.size;
  }

  /** Bytes reserved from the GPU. */
  get allocatedBytes(): number {
    return this.#internals.bufferManager.numBytesAllocated;
  }

  override async read(dataId: object): Promise<Values> {
    this.throwFailure();
    const record = this.#internals.tensorMap.get(dataId);
    if (record.values) return record.values as Values;
    if (!record.resource || record.dtype === 'complex64') return (await super.read(dataId)) as Values;
    const size = util.sizeFromShape([...record.shape]);
    const bytes = await this.#download(record.resource, size * 4);
    const values = util.convertBackendValuesAndArrayBuffer(bytes, record.dtype) as unknown as Values;
    record.values = values;
    return values;
  }

  override uploadToGPU(dataId: DataId): void {
    this.throwFailure();
    const record = this.#internals.tensorMap.get(dataId);
    if (!record.resource) this.#check(record, this.#device.limits.maxBufferSize);
    try {
      super.uploadToGPU(dataId);
    } catch (error) {
      // A lost device reports its loss later, but refuses at once to map the buffers that it creates.
      throw refused(error instanceof Error ? error.message : String(error));
    }
  }

  /** tfjs binds whole tensors: those that are too large are refused here, before the device does so asynchronously. */
  #guardBindings(): void {
    const internals = this.#internals;
    const bind = internals.tensorToBinding.bind(this);
    internals.tensorToBinding = (tensor) => {
      const record = tensor && internals.tensorMap.get(tensor.dataId);
      if (!record || !(record.resource instanceof GPUBuffer)) return bind(tensor);
      this.#check(record, this.mostBindingBytes);
      // A buffer of the pool may be larger than its tensor, and larger than the largest binding.
      return { buffer: record.resource, size: Math.max(4, bytesOf(record)) };
    };
  }

  output(shape: readonly number[], dtype: DataType = 'float32'): TensorInfo {
    return this.makeTensorInfo([...shape], dtype);
  }

  withScratch<T>(shape: readonly number[], use: (scratch: TensorInfo) => T): T {
    const scratch = this.output(shape);
    try {
      return use(scratch);
    } finally {
      this.disposeData(scratch.dataId);
    }
  }

  compute(kernel: WebGpuKernel, call: ComputeCall): void {
    if (this.isLost) this.throwFailure();
    this.#dispatcher.run(kernel, call);
  }

  clear({ dataId }: TensorInfo): void {
    const { commandEncoder, record } = this.#forCopying(dataId);
    commandEncoder.clearBuffer(record.resource!);
  }

  copyRanges(source: TensorInfo, target: TensorInfo, ranges: readonly CopiedRange[]): void {
    const from = this.#forCopying(source.dataId).record;
    const { commandEncoder, record: to } = this.#forCopying(target.dataId);
    for (const range of ranges) {
      const [start, end, bytes] = [range.from * 4, range.to * 4, range.count * 4];
      commandEncoder.copyBufferToBuffer(from.resource!, start, to.resource!, end, bytes);
    }
    to.values = null;
  }

  #forCopying(dataId: DataId) {
    this.uploadToGPU(dataId);
    const internals = this.#internals;
    internals.commandQueueOwnedIds.add(dataId);
    internals.ensureCommandEncoderReady();
    internals.endComputePassEncoder();
    return { commandEncoder: internals.commandEncoder!, record: internals.tensorMap.get(dataId) };
  }

  /** Waits for the queue to empty. */
  async sync(): Promise<void> {
    this.throwFailure();
    const { commandEncoder } = this.#internals;
    this.#internals.endComputePassEncoder();
    if (commandEncoder) this.#internals.submitQueue();
    await this.#unlessLost(this.#device.queue.onSubmittedWorkDone());
    this.throwFailure();
  }

  throwFailure(): void {
    if (!this.#failure) return;
    const failure = this.#failure;
    // An error concerns one computation; a lost device stays lost.
    if (!isLoss(failure)) this.#failure = undefined;
    throw failure;
  }

  async #download(source: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
    this.throwFailure();
    const internals = this.#internals;
    const { bufferManager: pool } = internals;
    const staging = pool.acquireBuffer(bytes, GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ);
    try {
      internals.ensureCommandEncoderReady();
      internals.endComputePassEncoder();
      internals.commandEncoder!.copyBufferToBuffer(source, 0, staging, 0, bytes);
      internals.submitQueue();
      await this.#unlessLost(staging.mapAsync(GPUMapMode.READ, 0, bytes));
      const values = staging.getMappedRange(0, bytes).slice(0);
      staging.unmap();
      this.throwFailure();
      return values;
    } finally {
      pool.releaseBuffer(staging);
    }
  }

  async #unlessLost<T>(pending: Promise<T>): Promise<T> {
    try {
      return await Promise.race([pending, this.#lost]);
    } catch (error) {
      throw this.#failure ?? error;
    }
  }

  #check(record: Described, most: number): void {
    if (bytesOf(record) > most) throw tooLarge(record, most);
  }
}

function bytesOf({ shape }: Described): number {
  return util.sizeFromShape([...shape]) * 4;
}
