import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { type backend_util, type DataId, type DataType, type Tensor, util } from '@tensorflow/tfjs-core';
import { SequiturError, showShape } from '../../errors.js';
import type { CopiedRange, CopiesRanges } from '../copy-rows.js';
import { BufferPool } from './buffer-pool.js';

type Values = Float32Array | Int32Array | Uint8Array;

interface TensorRecord {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  values: backend_util.BackendValues | null;
  resource: GPUBuffer | null;
}

/** What the guard uses of tfjs's backend, private in its types. */
interface Internals {
  readonly tensorMap: { get(id: DataId): TensorRecord; has(id: DataId): boolean };
  readonly bufferManager: BufferPool;
  readonly commandEncoder: GPUCommandEncoder | null;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

/**
 * tfjs's WebGPU backend on our device and buffer pool, with what it lets pass in silence made to fail: bindings larger
 * than the device takes, errors that the device reports on the side, and a device that is lost.
 */
export class GuardedWebGpuBackend extends WebGPUBackend implements CopiesRanges {
  readonly #device: GPUDevice;
  readonly #lost: Promise<never>;
  #failure: SequiturError | undefined;

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    this.#device = device;
    (this as unknown as { bufferManager: BufferPool }).bufferManager = new BufferPool(device);
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

  get #internals(): Internals {
    return this as unknown as Internals;
  }

  /** Bytes taken from the GPU. */
  get allocatedBytes(): number {
    return this.#internals.bufferManager.numBytesAllocated;
  }

  override async read(dataId: object): Promise<Values> {
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
    if (!record.resource) this.#checkBinding(record);
    super.uploadToGPU(dataId);
  }

  copyRanges(source: Tensor, target: Tensor, ranges: readonly CopiedRange[]): void {
    for (const { dataId } of [source, target]) this.uploadToGPU(dataId);
    const internals = this.#internals;
    const [from, to] = [internals.tensorMap.get(source.dataId), internals.tensorMap.get(target.dataId)];
    to.values = null;
    internals.ensureCommandEncoderReady();
    internals.endComputePassEncoder();
    for (const range of ranges) {
      const [start, end, bytes] = [range.from * 4, range.to * 4, range.count * 4];
      internals.commandEncoder!.copyBufferToBuffer(from.resource!, start, to.resource!, end, bytes);
    }
    internals.submitQueue();
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
    // A refusal concerns one computation; a lost device stays lost.
    if (failure.problem.where !== LOST) this.#failure = undefined;
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

  #checkBinding({ shape, dtype }: TensorRecord): void {
    const bytes = util.sizeFromShape([...shape]) * 4;
    const most = this.#device.limits.maxStorageBufferBindingSize;
    if (bytes <= most) return;
    throw new SequiturError({
      where: 'WebGPU',
      expected: `tensors of at most ${most} bytes, which is what this device binds`,
      got: `${dtype} ${showShape(shape)}, ${bytes} bytes`,
      fix: "Use a smaller batch, a shorter text or a smaller model, or openBackend('wasm')",
    });
  }
}

const LOST = 'the WebGPU device';

function lost(reason: string, message: string): SequiturError {
  return new SequiturError({
    where: LOST,
    expected: 'a device that stays',
    got: `its loss (${reason || 'unknown'}${message ? `: ${message}` : ''})`,
    fix: 'All tensors on it are gone: call openBackend again and load the model anew',
  });
}

function refused(message: string): SequiturError {
  return new SequiturError({ where: 'WebGPU', expected: 'a computation that the device accepts', got: message.trim() });
}
