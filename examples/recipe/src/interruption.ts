/** An abort signal for Ctrl+C, combined with another signal; a second Ctrl+C ends the process as usual. */
export function interruption(other?: AbortSignal): { readonly signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt);
  return {
    signal: other ? AbortSignal.any([controller.signal, other]) : controller.signal,
    done: () => process.off('SIGINT', interrupt),
  };
}
