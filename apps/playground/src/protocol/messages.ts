/** An error for the user: a sentence, and the parts of a SequiturError. */
export interface Fault {
  readonly message: string;
  readonly where?: string;
  readonly expected?: string;
  readonly got?: string;
  readonly fix?: string;
  /** The caller cancelled: not an error. */
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

/** One side of the connection between page and worker: a Worker, its global scope, or a MessagePort in tests. */
export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  start?(): void;
}

/** Types of a command: input, result, and partial results. */
export interface Command<Input = void, Result = void, Part = never> {
  readonly input: Input;
  readonly result: Result;
  readonly part: Part;
}

/** An error of the worker, on the page. */
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
