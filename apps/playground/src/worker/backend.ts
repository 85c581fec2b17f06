import type { BackendCommands, BackendEvents, BackendReport } from '../protocol/backend.js';
import { faultOf } from '../protocol/messages.js';
import type { Emit, Handlers } from '../protocol/server.js';
import { type Backend, type BackendName, openBackend, SequiturError } from './packages.js';

const names: Readonly<Record<BackendName, string>> = { webgpu: 'WebGPU', wasm: 'WebAssembly', cpu: 'Plain JavaScript' };

/** A device that is lost refuses its work at once, and says that it is lost a moment later. */
const MOMENT_MS = 200;

/** What computes. It is opened once, when somebody first needs it, and again after it was lost. */
export class Engine {
  readonly #preference: readonly BackendName[] | undefined;
  readonly #tell: Emit<BackendEvents>;
  #opening: Promise<Backend> | null = null;
  #openings = 0;

  constructor(tell: Emit<BackendEvents>, preference?: readonly BackendName[]) {
    this.#tell = tell;
    this.#preference = preference;
  }

  /** Changes with every backend: tensors of one are of no use to the next. */
  get generation(): number {
    return this.#openings;
  }

  open(name?: BackendName): Promise<Backend> {
    if (name === undefined && this.#opening) return this.#opening;
    this.#openings++;
    const opening = openBackend(name ?? this.#preference).then((backend) => {
      this.#tell('backend.opened', reportOf(backend));
      return backend;
    });
    // After a failure, the next call tries again.
    opening.catch(() => {
      if (this.#opening === opening) this.#opening = null;
    });
    this.#opening = opening;
    return opening;
  }

  /** After an error: whether the backend was lost. The page is notified once; the next call opens a new backend. */
  async isLost(): Promise<boolean> {
    const opening = this.#opening;
    const backend = await opening?.catch(() => null);
    if (!backend) return true;
    const reason = await lossOf(backend);
    if (reason === null) return false;
    if (this.#opening === opening) {
      this.#opening = null;
      this.#tell('backend.lost', { name: backend.name, reason });
    }
    return true;
  }
}

/** Why a backend is lost; null where it is not. */
async function lossOf(backend: Backend): Promise<string | null> {
  if (backend.name !== 'webgpu') return null;
  await new Promise((resolve) => setTimeout(resolve, MOMENT_MS));
  try {
    await backend.sync();
    return null;
  } catch (error) {
    const { where, got = 'unknown' } = faultOf(error);
    return where === 'the WebGPU device' ? got : null;
  }
}

export function backendCommands(engine: Engine, work: { readonly isTraining: boolean }): Handlers<BackendCommands> {
  return {
    'backend.open': async ({ name }) => {
      if (name !== undefined && work.isTraining) throw busy(name);
      return reportOf(await engine.open(name));
    },
    'backend.memory': async () => {
      const { live, peak, reserved } = (await engine.open()).memory();
      return { live, peak, reserved };
    },
  };
}

function busy(name: BackendName): SequiturError {
  return new SequiturError({
    where: `computing with ${names[name]}`,
    expected: 'runs that stand still',
    got: 'runs that train',
    fix: 'Pause them first; they go on with it where they stood',
  });
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
