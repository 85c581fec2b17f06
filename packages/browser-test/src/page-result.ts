/** What the page found out, for the test that opened it. */
export interface PageResult {
  readonly backend: string;
  readonly firstLoss: number;
  readonly lastLoss: number;
  readonly written: string;
  readonly writtenByLoaded: string;
  readonly files: readonly string[];
  readonly hasNodeGlobals: boolean;
}
