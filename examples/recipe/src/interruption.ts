/** A signal that Ctrl+C gives, or another signal; after the first Ctrl+C the next one ends the process as usual. */
export function interruption(other?: AbortSignal): { readonly signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt);
  return {
    signal: other ? AbortSignal.any([controller.signal, other]) : controller.signal,
    done: () => process.off('SIGINT', interrupt),
  };
}
