import type { Capability } from '@sequitur/core';

/** Result of the page, read by the test that opened it. */
export interface PageResult {
  readonly backend: string;
  /** The backend's `threads` capability; WebAssembly alone has it. */
  readonly threads: Capability | undefined;
  /** Sum of the product of two 300 x 300 matrices of ones, large enough for all threads. */
  readonly sumOfProduct: number;
  readonly firstLoss: number;
  readonly lastLoss: number;
  readonly written: string;
  readonly writtenByLoaded: string;
  readonly files: readonly string[];
  readonly hasNodeGlobals: boolean;
}
