import { type Json, type RandomState, SequiturError } from '@sequitur/core';
import { parseJson } from '@sequitur/pretrained';

/** What a run needs to go on beside the tensors. */
export interface RunState {
  readonly format: 1;
  /** How many steps are done. */
  readonly step: number;
  /** How many batches are read. */
  readonly batches: number;
  /** Where the data stand, where they can tell; else the batches are read again and thrown away. */
  readonly data: Json;
  readonly random: RandomState;
  /** The optimizer's settings and its schedule's. */
  readonly optimizer: Json;
  /** Of the evaluations so far. */
  readonly evaluation: EvaluationState;
}

export interface EvaluationState {
  /** The lowest validation loss; null before the first evaluation. */
  readonly best: number | null;
  /** Evaluations since then. */
  readonly since: number;
}

/** @throws SequiturError where the text is no state of a run */
export function parseRunState(text: string, where: string): RunState {
  const state = parseJson(text, where) as Partial<RunState> | null;
  const counts = [state?.step, state?.batches];
  const sound =
    state?.format === 1 &&
    counts.every((count) => Number.isSafeInteger(count) && count! >= 0) &&
    [state.random?.key, state.random?.words].every((words) => words?.length === 4 && words.every(Number.isInteger)) &&
    typeof state.evaluation?.since === 'number';
  if (sound) return state as RunState;
  throw new SequiturError({ where, expected: 'the state of a training run, format 1', got: text.slice(0, 80) });
}

/**
 * @throws SequiturError where a run would go on with other settings of its optimizer than it was saved with
 */
export function checkSameOptimizer(saved: Json, now: Json, where: string): void {
  const [before, after] = [flat(saved), flat(now)];
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => before.get(name) !== after.get(name),
  );
  if (changed.length === 0) return;
  throw new SequiturError({
    where,
    expected: `the settings it was saved with (${changed.map((name) => `${name}: ${before.get(name)}`).join(', ')})`,
    got: changed.map((name) => `${name}: ${after.get(name)}`).join(', '),
    fix: "Use the same settings, or allow the change with checkpoints: { changedSettings: 'accept' }",
  });
}

/** Every leaf by its path, as JSON. */
function flat(value: Json, path = ''): Map<string, string> {
  if (value === null || typeof value !== 'object') return new Map([[path, JSON.stringify(value)]]);
  return new Map(
    Object.entries(value as Record<string, Json>).flatMap(([name, inner]) => [
      ...flat(inner, path ? `${path}.${name}` : name),
    ]),
  );
}
