import type { Capability } from '@sequitur/core';

/** What the page found out, for the test that opened it. */
export interface PageResult {
  readonly backend: string;
  /** What the backend says of its threads; only WebAssembly does. */
  readonly threads: Capability | undefined;
  /** The sum over the product of two matrices of ones, 300 x 300, large enough for all threads. */
  readonly sumOfProduct: number;
  readonly firstLoss: number;
  readonly lastLoss: number;
  readonly written: string;
  readonly writtenByLoaded: string;
  readonly files: readonly string[];
  readonly hasNodeGlobals: boolean;
}
