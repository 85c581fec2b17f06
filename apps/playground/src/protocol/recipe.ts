/** A value of a block's setting, in forms, links and files. */
export type Setting = string | number | boolean;

/** A block of a model: its kind in the list of architectures, and its settings. */
export interface BlockSpec {
  readonly kind: string;
  readonly settings: Readonly<Record<string, Setting>>;
}

/** A composed model: its blocks from the input upwards. */
export interface ModelSpec {
  readonly name: string;
  readonly width: number;
  readonly blocks: readonly BlockSpec[];
}

/** Training data. */
export type DataSpec =
  | { readonly kind: 'text'; readonly text: string; readonly tokens: Tokens }
  | { readonly kind: 'task'; readonly task: string; readonly size: number };

/** Tokenization: characters, or the size of a byte-pair vocabulary. */
export type Tokens = 'characters' | number;

export type BudgetUnit = 'steps' | 'seconds' | 'flops';

/** Everything of a run except the architecture, which must be equal for a fair comparison. */
export interface Recipe {
  readonly data: DataSpec;
  readonly budget: { readonly unit: BudgetUnit; readonly amount: number };
  readonly batchSize: number;
  /** Sequence length of a batch in tokens; tasks have separate lengths. */
  readonly length: number;
  readonly optimizer: 'adamw' | 'lion' | 'sgd';
  readonly learningRate: number;
  readonly schedule: 'cosine' | 'constant' | 'linear';
  readonly seed: number;
}

/** Whether losses are comparable: both are of the same tokens. */
export function sameData(a: DataSpec, b: DataSpec): boolean {
  if (a.kind === 'text') return b.kind === 'text' && a.text === b.text && a.tokens === b.tokens;
  return b.kind === 'task' && a.task === b.task && a.size === b.size;
}
