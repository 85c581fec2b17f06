/** A value of a block's setting, as it stands in forms, links and files. */
export type Setting = string | number | boolean;

/** A block of a column: its kind in the list of architectures, and what is set. */
export interface BlockSpec {
  readonly kind: string;
  readonly settings: Readonly<Record<string, Setting>>;
}

/** An architecture as it was composed: the blocks from the text upwards. */
export interface ModelSpec {
  readonly name: string;
  readonly width: number;
  readonly blocks: readonly BlockSpec[];
}

/** What is learnt from. */
export type DataSpec =
  | { readonly kind: 'text'; readonly text: string; readonly tokens: Tokens }
  | { readonly kind: 'task'; readonly task: string; readonly size: number };

/** How a text is cut: into characters, or into so many byte pairs. */
export type Tokens = 'characters' | number;

export type BudgetUnit = 'steps' | 'seconds' | 'flops';

/** All of a run but the architecture: what must be the same for a fair comparison. */
export interface Recipe {
  readonly data: DataSpec;
  readonly budget: { readonly unit: BudgetUnit; readonly amount: number };
  readonly batchSize: number;
  /** Tokens of a text of the batch; tasks have a length of their own. */
  readonly length: number;
  readonly optimizer: 'adamw' | 'lion' | 'sgd';
  readonly learningRate: number;
  readonly schedule: 'cosine' | 'constant' | 'linear';
  readonly seed: number;
}

/** Whether losses of the two can be compared: they are of the same tokens. */
export function sameData(a: DataSpec, b: DataSpec): boolean {
  if (a.kind === 'text') return b.kind === 'text' && a.text === b.text && a.tokens === b.tokens;
  return b.kind === 'task' && a.task === b.task && a.size === b.size;
}
