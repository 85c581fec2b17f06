export type BackendName = 'webgpu' | 'wasm' | 'cpu';

/** A capability of a backend: what was found or is missing, and how to enable it. */
export interface Capability {
  readonly found: boolean;
  /** What was found, or why it is missing. */
  readonly detail: string;
  /** How to enable it; absent where that is impossible. */
  readonly hint?: string;
}

export interface BackendMemory {
  /** Bytes of all live tensors. */
  readonly live: number;
  /** Maximum of `live` since the backend was opened, or since `resetPeak`. */
  readonly peak: number;
  /** Bytes reserved from the system: the wasm heap, or the GPU's buffers; equal to `live` on cpu. */
  readonly reserved: number;
  readonly tensors: number;
}

/** A backend: opened by `openBackend`, which makes it the backend of all tfjs operations. */
export interface Backend {
  readonly name: BackendName;
  /** The capabilities of this backend: SIMD, threads, f16, subgroups, adapter. */
  readonly capabilities: Readonly<Record<string, Capability>>;
  /** Waits until all submitted work is done. Rejects if the GPU reported an error or was lost. */
  sync(): Promise<void>;
  memory(): BackendMemory;
  resetPeak(): void;
  /** Frees the backend with all its tensors. It can be opened again. */
  close(): void;
}

/** A backend as returned by its opener; the rest is common to all. */
export interface OpenedBackend {
  readonly capabilities: Readonly<Record<string, Capability>>;
  sync(): Promise<void>;
  /** Whether the device was lost, so that the backend must be opened again. */
  isLost?(): boolean;
  /** Bytes reserved from the system, given the bytes of live tensors. */
  reserved(live: number): number;
  /** Releases other resources when the backend is closed. */
  release?(): void;
}
