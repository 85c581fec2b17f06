/** What a fault says to a reader: a sentence, and its parts where the packages name them. */
export interface Fault {
  readonly message: string;
  readonly where?: string;
  readonly expected?: string;
  readonly got?: string;
  readonly fix?: string;
  /** It was asked for, not an error: the caller gave up. */
  readonly aborted?: true;
}

export type ToWorker =
  | { readonly call: number; readonly name: string; readonly input: unknown }
  | { readonly cancel: number };

export type FromWorker =
  | { readonly call: number; readonly result: unknown }
  | { readonly call: number; readonly part: unknown }
  | { readonly call: number; readonly fault: Fault }
  | { readonly event: string; readonly data: unknown };

/** One end of a line between page and worker: a Worker, the scope of one, or a MessagePort in tests. */
export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  start?(): void;
}

/** A command's input, what comes at its end, and what comes on the way. */
export interface Command<Input = void, Result = void, Part = never> {
  readonly input: Input;
  readonly result: Result;
  readonly part: Part;
}

/** A fault as the page gets it. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError';
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** Any error as data. */
export function faultOf(error: unknown): Fault {
  const { message = String(error), name, problem } = (error ?? {}) as Partial<Error> & { problem?: object };
  return { message, ...problem, ...(name === 'AbortError' && { aborted: true as const }) };
}
