import type { BackendReport } from '../protocol/backend.js';
import { Client } from '../protocol/client.js';
import type { Commands, Engine, Events } from '../protocol/index.js';

const KEY = 'backend';

/** What computed and is gone: a device, or with `name` null the whole worker. */
export interface Loss {
  readonly name: BackendReport['name'] | null;
  readonly reason: string;
}

/** The worker and its backend. It starts on first use. */
class EngineState {
  backend = $state<BackendReport | null>(null);
  loss = $state.raw<Loss | null>(null);
  readonly #line: Engine = new Client<Commands, Events>();
  readonly #returns = new Set<() => void>();
  #worker: Worker | null = null;

  constructor() {
    this.#line.on('backend.opened', (report) => {
      this.backend = report;
      this.loss = null;
    });
    this.#line.on('backend.lost', (loss) => {
      this.backend = null;
      this.loss = loss;
    });
  }

  get line(): Engine {
    if (!this.#worker && !this.loss) this.#start();
    return this.#line;
  }

  /** Opens the best available backend, or the named one, which is then saved as the choice. */
  async open(name?: BackendReport['name']): Promise<BackendReport> {
    if (!this.#worker) {
      this.loss = null;
      this.#start();
    }
    const report = await this.#line.call('backend.open', { name });
    if (name) remember(name);
    return report;
  }

  /** Opens a backend again after it was lost, and lets the rooms continue. */
  async goOn(name?: BackendReport['name']): Promise<void> {
    await this.open(name);
    for (const listener of this.#returns) listener();
  }

  /** Hears that what was lost is there again. */
  onReturn(listener: () => void): void {
    this.#returns.add(listener);
  }

  #start(): void {
    const worker = new Worker(new URL('../worker/main.ts', import.meta.url), { type: 'module', name: 'sequitur' });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#crashed(worker, event.message || 'It could not be loaded');
    });
    this.#worker = worker;
    this.#line.attach(worker as never);
    const name = remembered();
    // What was chosen last time may not be there any more: the badge shows what came in its place.
    if (name) this.#line.call('backend.open', { name }).catch(() => remember(null));
  }

  #crashed(worker: Worker, reason: string): void {
    if (worker !== this.#worker) return;
    worker.terminate();
    this.#worker = null;
    this.backend = null;
    this.loss = { name: null, reason };
    this.#line.fail(new Error(`What computes has stopped: ${reason}`));
  }
}

function remembered(): BackendReport['name'] | undefined {
  try {
    const name = localStorage.getItem(KEY);
    return name === 'webgpu' || name === 'wasm' || name === 'cpu' ? name : undefined;
  } catch {
    return undefined;
  }
}

function remember(name: BackendReport['name'] | null): void {
  try {
    if (name) localStorage.setItem(KEY, name);
    else localStorage.removeItem(KEY);
  } catch {
    // A browser that keeps nothing looks for the best each time.
  }
}

export const engine = new EngineState();
