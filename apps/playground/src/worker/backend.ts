import type { BackendCommands, BackendReport } from '../protocol/backend.js';
import type { Handlers } from '../protocol/server.js';
import { type Backend, type BackendName, openBackend } from './packages.js';

const names: Readonly<Record<BackendName, string>> = { webgpu: 'WebGPU', wasm: 'WebAssembly', cpu: 'Plain JavaScript' };

/** What computes. It is opened once, when somebody first needs it, and again after it was lost. */
export class Engine {
  readonly #preference: readonly BackendName[] | undefined;
  readonly #opened: (report: BackendReport) => void;
  #opening: Promise<Backend> | null = null;

  constructor(opened: (report: BackendReport) => void, preference?: readonly BackendName[]) {
    this.#opened = opened;
    this.#preference = preference;
  }

  open(name?: BackendName): Promise<Backend> {
    if (name === undefined && this.#opening) return this.#opening;
    const opening = openBackend(name ?? this.#preference).then((backend) => {
      this.#opened(reportOf(backend));
      return backend;
    });
    // What failed is tried anew next time.
    opening.catch(() => {
      if (this.#opening === opening) this.#opening = null;
    });
    this.#opening = opening;
    return opening;
  }
}

export function backendCommands(engine: Engine): Handlers<BackendCommands> {
  return {
    'backend.open': async ({ name }) => reportOf(await engine.open(name)),
    'backend.memory': async () => {
      const { live, peak, reserved } = (await engine.open()).memory();
      return { live, peak, reserved };
    },
  };
}

/** What the badge says, from what the backend found. */
export function reportOf({ name, capabilities }: Backend): BackendReport {
  const threads = capabilities.threads;
  const count = threads?.found ? Number.parseInt(threads.detail, 10) : 1;
  const words = Object.entries(capabilities).map(([what, { found, detail, hint }]) => {
    const state = found ? detail : `not there (${detail})`;
    return `${what}: ${state}.${hint ? ` ${hint}.` : ''}`;
  });
  return {
    name,
    short: name === 'wasm' ? `${names.wasm}, ${count} ${count === 1 ? 'thread' : 'threads'}` : names[name],
    sentences: [`Computing with ${names[name]}.`, ...words],
    isFast: name === 'webgpu',
  };
}
