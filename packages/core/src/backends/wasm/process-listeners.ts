const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

type Listener = (...given: never[]) => void;

/** The part of Node's process that is needed here. */
interface Events {
  listeners(event: string): readonly Listener[];
  removeListener(event: string, listener: Listener): void;
}

/**
 * Runs `open` and removes the listeners for uncaught errors that tfjs's module installs on Node's process meanwhile:
 * they rethrow, so that every error of the user's program would be preceded by a line of minified code. Only listeners
 * that do nothing else are removed.
 */
export async function withoutListeners<T>(open: () => Promise<T>): Promise<T> {
  const events = (globalThis as unknown as { process?: Partial<Events> }).process;
  if (!events?.listeners || !events.removeListener) return open();
  const { listeners, removeListener } = events as Events;
  const before = EVENTS.map((event) => new Set(listeners.call(events, event)));
  try {
    return await open();
  } finally {
    for (const [index, event] of EVENTS.entries()) {
      for (const listener of listeners.call(events, event)) {
        if (!before[index]!.has(listener) && onlyThrows(listener)) removeListener.call(events, event, listener);
      }
    }
  }
}

/** As Emscripten writes them: `function(ex) { if (!(ex instanceof ExitStatus)) throw ex }` and `function(reason) { throw reason }`. */
function onlyThrows(listener: Listener): boolean {
  const [, argument, body] =
    /^(?:function\s*[\w$]*\s*)?\(?\s*([\w$]+)\s*\)?\s*(?:=>)?\s*\{([\s\S]*)\}$/.exec(String(listener)) ?? [];
  if (!argument || body === undefined) return false;
  const quoted = argument.replaceAll('$', '\\$');
  const bare = body.replace(/\s+/g, ' ').trim().replace(/;$/, '');
  const isThrow = new RegExp(`^(if ?\\(!\\(${quoted} instanceof [\\w$]+\\)\\) ?)?\\{? ?throw ${quoted};? ?\\}?$`);
  return isThrow.test(bare);
}
