import { type Family, familyOf } from '../../../architectures/index.js';
import type { ModelSpec } from '../../../protocol/recipe.js';
import type { ModelCost, Run } from '../../../protocol/train.js';

/** A row of the table: a run or a draft. */
export interface Row {
  readonly id: string;
  readonly spec: ModelSpec;
  readonly run: Run | null;
  readonly cost: ModelCost | null;
  readonly family: Family;
  /** Dash index within the family: 0 is a solid line. */
  readonly dash: number;
}

/** An architecture that waits to be started, with what it would cost once that is counted. */
export interface Draft {
  readonly id: string;
  readonly spec: ModelSpec;
  readonly cost: ModelCost | null;
}

export function newDraft(spec: ModelSpec): Draft {
  return { id: `draft-${crypto.randomUUID().slice(0, 8)}`, spec, cost: null };
}

/** Rows with their colours and dashes. */
export function rowsOf(
  items: readonly {
    readonly id: string;
    readonly spec: ModelSpec;
    readonly run: Run | null;
    readonly cost: ModelCost | null;
  }[],
): Row[] {
  const seen = new Map<Family, number>();
  return items.map((item) => {
    const family = familyOf(item.spec);
    const dash = seen.get(family) ?? 0;
    seen.set(family, dash + 1);
    return { ...item, family, dash };
  });
}

/** `GPT 2` if GPT is taken. */
export function freshName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  const base = name.replace(/ \d+$/, '');
  for (let count = 2; ; count++) if (!taken.includes(`${base} ${count}`)) return `${base} ${count}`;
}

export function lastValidation({ curve }: Run): number | null {
  return curve.validation.at(-1)?.loss ?? null;
}

/** Mean loss of the last steps: one batch alone is noisy. */
export function lastLoss({ curve }: Run): number | null {
  const last = curve.loss.slice(-20).filter(Number.isFinite);
  return last.length ? last.reduce((sum, loss) => sum + loss, 0) / last.length : null;
}
