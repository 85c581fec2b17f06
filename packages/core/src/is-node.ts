/** Whether this runs in Node, and not in a page or a test environment that simulates one. */
export function isNode(): boolean {
  return typeof process !== 'undefined' && process.versions?.node !== undefined && typeof window === 'undefined';
}
