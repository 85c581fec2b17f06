/** Whether this runs in Node, and not in a page or in what stands for one in tests. */
export function isNode(): boolean {
  return typeof process !== 'undefined' && process.versions?.node !== undefined && typeof window === 'undefined';
}
