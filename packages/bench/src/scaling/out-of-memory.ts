/** Messages of failed allocations: V8, WebAssembly, Dawn, and our errors. */
const SIGNS = [
  /out of memory/i,
  /allocation failed/i,
  /invalid (typed )?array( buffer)? length/i,
  /WebAssembly memory/,
  /VALIDATION.*too large/i,
];

export function isOutOfMemory(error: unknown): boolean {
  const { message = '' } = error as { message?: string };
  return error instanceof RangeError || SIGNS.some((sign) => sign.test(message));
}
