/** Size classes per octave: a buffer is at most a quarter larger than requested. */
const STEPS_PER_OCTAVE = 4;
const SMALLEST_CLASS = 256;
/** Free buffers are kept up to this many bytes, or up to what is in use if that is more. */
const FREE_BYTES_KEPT = 32 * 2 ** 20;

interface FreeBuffer {
  readonly buffer: GPUBuffer;
  readonly key: string;
}

/**
 * A pool of GPU buffers by size class. It replaces tfjs's pool, which has exact sizes only and never releases a buffer:
 * growing sequences filled the GPU with buffers that were never used again.
 */
export class BufferPool {
  readonly #device: GPUDevice;
  readonly #onDestroy: (buffer: GPUBuffer) => void;
  /** Oldest first. */
  #free: FreeBuffer[] = [];
  readonly #used = new Set<GPUBuffer>();
  #isDisposed = false;
  numBytesUsed = 0;
  numBytesAllocated = 0;

  /** @param onDestroy called for every buffer that is destroyed */
  constructor(device: GPUDevice, onDestroy: (buffer: GPUBuffer) => void = () => {}) {
    this.#device = device;
    this.#onDestroy = onDestroy;
  }

  acquireBuffer(size: number, usage: GPUBufferUsageFlags, mappedAtCreation = false, reuse = true): GPUBuffer {
    const wanted = reuse ? Math.min(sizeClass(size), Math.max(size, this.#device.limits.maxBufferSize)) : size;
    const buffer = (reuse && this.#takeFree(keyOf(wanted, usage))) || this.#create(wanted, usage, mappedAtCreation);
    this.#used.add(buffer);
    this.numBytesUsed += buffer.size;
    return buffer;
  }

  releaseBuffer(buffer: GPUBuffer, reuse = true): void {
    if (this.#isDisposed) return; // tensors outlive a device that was lost
    if (!this.#used.delete(buffer)) throw new Error('buffer pool: released a buffer that is not in use');
    this.numBytesUsed -= buffer.size;
    if (reuse) {
      this.#free.push({ buffer, key: keyOf(buffer.size, buffer.usage) });
      this.#evict();
    } else this.#destroy(buffer);
  }

  getNumUsedBuffers(): number {
    return this.#used.size;
  }

  getNumFreeBuffers(): number {
    return this.#free.length;
  }

  dispose(): void {
    for (const buffer of [...this.#used, ...this.#free.map(({ buffer }) => buffer)]) buffer.destroy();
    this.#isDisposed = true;
    this.#used.clear();
    this.#free = [];
    this.numBytesUsed = 0;
    this.numBytesAllocated = 0;
  }

  #takeFree(key: string): GPUBuffer | undefined {
    const index = this.#free.findLastIndex((free) => free.key === key);
    return index < 0 ? undefined : this.#free.splice(index, 1)[0]!.buffer;
  }

  #create(size: number, usage: GPUBufferUsageFlags, mappedAtCreation: boolean): GPUBuffer {
    this.numBytesAllocated += size;
    return this.#device.createBuffer({ size, usage, mappedAtCreation });
  }

  #destroy(buffer: GPUBuffer): void {
    this.numBytesAllocated -= buffer.size;
    this.#onDestroy(buffer);
    buffer.destroy();
  }

  #evict(): void {
    const kept = Math.max(FREE_BYTES_KEPT, this.numBytesUsed);
    while (this.numBytesAllocated - this.numBytesUsed > kept) {
      const oldest = this.#free.shift();
      if (!oldest) return;
      this.#destroy(oldest.buffer);
    }
  }
}

/** The smallest size of 256, 320, 384, 448, 512, 640, ... that holds `bytes`. */
export function sizeClass(bytes: number): number {
  if (bytes <= SMALLEST_CLASS) return SMALLEST_CLASS;
  const octave = 2 ** Math.floor(Math.log2(bytes));
  const step = octave / STEPS_PER_OCTAVE;
  return Math.ceil(bytes / step) * step;
}

function keyOf(size: number, usage: GPUBufferUsageFlags): string {
  return `${size}/${usage}`;
}
