import type { Command, FromWorker, Port } from './messages.js';
import { WorkerError } from './messages.js';

export interface CallOptions<Part> {
  /** Cancels the call: the worker is notified, and the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called with partial results. */
  readonly onPart?: ((part: Part) => void) | undefined;
}

interface Pending {
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
  readonly onPart?: ((part: never) => void) | undefined;
}

/** The page's side of the protocol: sends commands, and receives results, parts and events. */
export class Client<Commands, Events> {
  #port: Port | null = null;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<string, Set<(data: never) => void>>();
  #calls = 0;

  constructor(port?: Port) {
    if (port) this.attach(port);
  }

  /** Puts a worker on the line, in the place of one that is gone. Who listens hears it from now on. */
  attach(port: Port): void {
    this.#port = port;
    port.addEventListener('message', ({ data }) => {
      if (port === this.#port) this.#receive(data as FromWorker);
    });
    port.start?.();
  }

  /**
   * Runs a command of the worker.
   * @throws WorkerError with the worker's error
   */
  call<Name extends keyof Commands & string>(
    name: Name,
    input: InputOf<Commands, Name>,
    { signal, onPart }: CallOptions<PartOf<Commands, Name>> = {},
  ): Promise<ResultOf<Commands, Name>> {
    signal?.throwIfAborted();
    const [call, port] = [++this.#calls, this.#port];
    return new Promise((resolve, reject) => {
      if (!port) throw new Error('What computes has stopped: start it again');
      this.#pending.set(call, { resolve, reject, onPart });
      signal?.addEventListener('abort', () => this.#giveUp(call, signal.reason), { once: true });
      port.postMessage({ call, name, input }, []);
    });
  }

  /**
   * Listens to an event of the worker.
   * @returns a function that removes the listener
   */
  on<Name extends keyof Events & string>(name: Name, listener: (data: Events[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** The worker is gone: every call that waits fails, and every call until there is another worker. */
  fail(error: unknown): void {
    this.#port = null;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }

  #giveUp(call: number, reason: unknown): void {
    const pending = this.#pending.get(call);
    if (!pending) return;
    this.#pending.delete(call);
    this.#port?.postMessage({ cancel: call }, []);
    pending.reject(reason);
  }

  #receive(message: FromWorker): void {
    if ('event' in message) {
      for (const listener of this.#listeners.get(message.event) ?? []) listener(message.data as never);
      return;
    }
    const pending = this.#pending.get(message.call);
    if (!pending) return;
    if ('part' in message) {
      pending.onPart?.(message.part as never);
      return;
    }
    this.#pending.delete(message.call);
    if ('fault' in message) pending.reject(new WorkerError(message.fault));
    else pending.resolve(message.result as never);
  }
}

export type InputOf<Commands, Name extends keyof Commands> =
  Commands[Name] extends Command<infer I, infer _R, infer _P> ? I : never;
export type ResultOf<Commands, Name extends keyof Commands> =
  Commands[Name] extends Command<infer _I, infer R, infer _P> ? R : never;
export type PartOf<Commands, Name extends keyof Commands> =
  Commands[Name] extends Command<infer _I, infer _R, infer P> ? P : never;
