import type { BackendReport } from '../protocol/backend.js';
import { Client } from '../protocol/client.js';
import type { Commands, Engine, Events } from '../protocol/index.js';

/** The one worker, and what is known of what it computes on. It is started by the first who asks for it. */
class EngineState {
  backend = $state<BackendReport | null>(null);
  /** Why the worker is gone, where it is. */
  failure = $state<string | null>(null);
  #engine: Engine | null = null;

  get line(): Engine {
    this.#engine ??= this.#start();
    return this.#engine;
  }

  get isStarted(): boolean {
    return this.#engine !== null;
  }

  /** Opens what computes, so that the badge can say it. */
  async open(): Promise<BackendReport> {
    this.backend = await this.line.call('backend.open', {});
    return this.backend;
  }

  #start(): Engine {
    const worker = new Worker(new URL('../worker/main.ts', import.meta.url), { type: 'module', name: 'sequitur' });
    const engine: Engine = new Client<Commands, Events>(worker as never);
    engine.on('backend.opened', (report) => {
      this.backend = report;
    });
    worker.addEventListener('error', ({ message }) => {
      this.failure = message || 'The worker could not be loaded';
      engine.fail(new Error(this.failure));
    });
    return engine;
  }
}

export const engine = new EngineState();
