export type BackendName = 'webgpu' | 'wasm' | 'cpu';

/** One thing that a backend found or missed, and what the user can do to get more. */
export interface Capability {
  readonly found: boolean;
  /** What exactly was found, or why not. */
  readonly detail: string;
  /** Absent where nothing can be done. */
  readonly hint?: string;
}

export interface BackendMemory {
  /** Bytes of all tensors alive. */
  readonly live: number;
  /** The most that `live` reached since the backend was opened, or since `resetPeak`. */
  readonly peak: number;
  /** Bytes taken from the system: the WebAssembly heap, or the GPU's buffers; equal to `live` on cpu. */
  readonly reserved: number;
  readonly tensors: number;
}

/** What computes: opened by `openBackend`, and then the one that every operation of tfjs runs on. */
export interface Backend {
  readonly name: BackendName;
  /** SIMD, threads, f16, subgroups, adapter: what was found, as far as it concerns this backend. */
  readonly capabilities: Readonly<Record<string, Capability>>;
  /** Waits until everything asked for so far is computed. Rejects where the GPU refused or was lost. */
  sync(): Promise<void>;
  memory(): BackendMemory;
  resetPeak(): void;
  /** Frees the backend with all its tensors. It can be opened again. */
  close(): void;
}

/** What the opener of one backend brings; the rest is the same for all. */
export interface OpenedBackend {
  readonly capabilities: Readonly<Record<string, Capability>>;
  sync(): Promise<void>;
  /** Whether what it computes on is gone for good, so that it must be opened afresh. */
  isLost?(): boolean;
  /** Bytes taken from the system, given the bytes of live tensors. */
  reserved(live: number): number;
  /** Ends what runs beside it, when it is closed. */
  release?(): void;
}
