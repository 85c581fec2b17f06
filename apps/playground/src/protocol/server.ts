import type { InputOf, PartOf, ResultOf } from './client.js';
import { type FromWorker, faultOf, type Port, type ToWorker } from './messages.js';

/** Context of a command. */
export interface CallContext<Part = never> {
  /** Aborted when the page cancels the call. */
  readonly signal: AbortSignal;
  /** Sends a partial result. */
  readonly part: (part: Part) => void;
}

/** One function per command. */
export type Handlers<Commands> = {
  readonly [Name in keyof Commands]: (
    input: InputOf<Commands, Name>,
    context: CallContext<PartOf<Commands, Name>>,
  ) => Promise<ResultOf<Commands, Name>> | ResultOf<Commands, Name>;
};

/** Sends an event to the page. */
export type Emit<Events> = (
  ...event: { readonly [Name in keyof Events & string]: [name: Name, data: Events[Name]] }[keyof Events & string]
) => void;

const transfers = new WeakMap<object, Transferable[]>();

/** Marks buffers of a result or part for transfer to the page: the worker loses them. */
export function handingOver<T extends object>(value: T, buffers: readonly Transferable[]): T {
  transfers.set(value, [...buffers]);
  return value;
}

/**
 * Answers the page's commands.
 * @returns the function that sends events
 */
export function serve<Commands, Events>(port: Port, handlers: Handlers<Commands>): Emit<Events> {
  const running = new Map<number, AbortController>();
  const send = (message: FromWorker, value?: unknown) => {
    const buffers = typeof value === 'object' && value !== null ? transfers.get(value) : undefined;
    port.postMessage(message, buffers ?? []);
  };

  async function run(call: number, name: string, input: unknown): Promise<void> {
    const controller = new AbortController();
    running.set(call, controller);
    try {
      if (!Object.hasOwn(handlers, name)) throw new Error(`The worker knows no command '${name}'`);
      const handler = handlers[name as keyof Commands] as unknown as (
        input: unknown,
        context: CallContext<unknown>,
      ) => unknown;
      const context = { signal: controller.signal, part: (part: unknown) => send({ call, part }, part) };
      const result = await handler(input, context);
      send({ call, result }, result);
    } catch (error) {
      send({ call, fault: faultOf(error) });
    } finally {
      running.delete(call);
    }
  }

  port.addEventListener('message', ({ data }) => {
    const message = data as ToWorker;
    if ('cancel' in message) running.get(message.cancel)?.abort();
    else void run(message.call, message.name, message.input);
  });
  port.start?.();
  return (...[event, data]) => send({ event, data }, data);
}
