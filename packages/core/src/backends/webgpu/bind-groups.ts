import { shareLayouts } from './pipeline-layouts.js';

/** Maximum number of cached bind groups; each takes a descriptor set of the driver. */
const MOST = 4096;
/** After this many new ones, unreferenced ones are garbage collected. */
const COLLECTED_AFTER = 4096;

/**
 * A cache of bind groups by layout and buffers. WebGPU cannot release one: it lives until garbage collection and the
 * next turn of the event loop, which a long computation prevents. One per dispatch filled the driver's tables (memory
 * maps, on Mesa's lavapipe) after some fifty thousand, and the process crashed.
 */
export class BindGroups {
  readonly #create: (descriptor: GPUBindGroupDescriptor) => GPUBindGroup;
  /** By bound buffers, least recently used first. */
  readonly #kept = new Map<string, Kept>();
  readonly #keysOf = new Map<GPUBuffer, Set<string>>();
  readonly #numbers = new WeakMap<object, number>();
  #count = 0;
  #made = 0;
  readonly #collect: () => void;

  /** @param collect triggers garbage collection of unreferenced groups */
  constructor(create: (descriptor: GPUBindGroupDescriptor) => GPUBindGroup, collect: () => void = () => {}) {
    this.#create = create;
    this.#collect = collect;
  }

  /** The cache of a device, used by everything that creates groups or pipelines on it. */
  static on(device: GPUDevice, collect?: () => void): BindGroups {
    const groups = new BindGroups(device.createBindGroup.bind(device), collect);
    device.createBindGroup = (descriptor) => groups.of(descriptor);
    shareLayouts(device);
    return groups;
  }

  /** Number of cached groups. */
  get size(): number {
    return this.#kept.size;
  }

  of(descriptor: GPUBindGroupDescriptor): GPUBindGroup {
    const entries = [...descriptor.entries];
    if (!entries.every(({ resource }) => isBuffer(resource))) return this.#create(descriptor);
    const key = this.#keyOf(descriptor.layout, entries);
    const known = this.#kept.get(key);
    if (known) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known.group;
    }
    const buffers = entries.map(({ resource }) => (resource as GPUBufferBinding).buffer);
    const group = this.#create(descriptor);
    if (++this.#made % COLLECTED_AFTER === 0) this.#collect();
    this.#kept.set(key, { group, buffers });
    for (const buffer of buffers) this.#keysOf.set(buffer, (this.#keysOf.get(buffer) ?? new Set()).add(key));
    if (this.#kept.size > MOST) this.#drop(this.#kept.keys().next().value!);
    return group;
  }

  /** Must be called when a buffer is destroyed, so that nothing references it. */
  release(buffer: GPUBuffer): void {
    for (const key of this.#keysOf.get(buffer) ?? []) this.#drop(key);
  }

  #drop(key: string): void {
    for (const buffer of this.#kept.get(key)!.buffers) {
      const keys = this.#keysOf.get(buffer);
      keys?.delete(key);
      if (keys?.size === 0) this.#keysOf.delete(buffer);
    }
    this.#kept.delete(key);
  }

  #keyOf(layout: GPUBindGroupLayout, entries: readonly GPUBindGroupEntry[]): string {
    const parts = entries.map(({ binding, resource }) => {
      const { buffer, offset = 0, size = '' } = resource as GPUBufferBinding;
      return `${binding}:${this.#numberOf(buffer)}:${offset}:${size}`;
    });
    return [this.#numberOf(layout), ...parts].join();
  }

  #numberOf(thing: object): number {
    const known = this.#numbers.get(thing);
    if (known !== undefined) return known;
    this.#numbers.set(thing, ++this.#count);
    return this.#count;
  }
}

interface Kept {
  readonly group: GPUBindGroup;
  readonly buffers: readonly GPUBuffer[];
}

function isBuffer(resource: GPUBindingResource): resource is GPUBufferBinding {
  return 'buffer' in resource;
}
