import { checkOptions, type Json, option, optionsOf, type RandomState, SequiturError, shorten } from '@sequitur/core';
import { parseJson } from '@sequitur/pretrained';

/** The state of a run besides the tensors. */
export interface RunState {
  readonly format: 2;
  /** Number of completed steps. */
  readonly step: number;
  /** Number of batches read. */
  readonly batches: number;
  /** The position in the data, if they are resumable; else batches are read again and discarded. */
  readonly data: Json;
  readonly random: RandomState;
  /** All settings that affect a step: optimizer, schedule, loss, seed, batches per step, clipping. */
  readonly settings: Json;
  /** The state of the evaluations so far. */
  readonly evaluation: EvaluationState;
}

export interface EvaluationState {
  /** The lowest validation loss; null until there is a finite one. */
  readonly best: number | null;
  /** Number of evaluations since then. */
  readonly since: number;
}

const words = option.kind(
  'four integers',
  (value) => Array.isArray(value) && value.length === 4 && value.every(Number.isInteger),
);

const runState = optionsOf<RunState>({
  format: option.oneOf(2),
  step: option.countOrNone,
  batches: option.countOrNone,
  data: option.anything,
  random: optionsOf<RandomState>({ key: words, words }),
  settings: option.anything,
  evaluation: optionsOf<EvaluationState>({
    best: option.either('a number or null', option.number('a number'), option.oneOf(null)),
    since: option.countOrNone,
  }),
});

/**
 * Parses the state of a run.
 *
 * @throws SequiturError where the text is not one
 */
export function parseRunState(text: string, where: string): RunState {
  return checkOptions(`${where}, the state of a training run`, runState, parseJson(text, where) as RunState);
}

/**
 * Compares the settings of a resumed run with the saved ones.
 *
 * @throws SequiturError naming each setting that differs
 */
export function checkSameSettings(saved: Json, now: Json, where: string): void {
  const [before, after] = [flat(saved), flat(now)];
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => before.get(name) !== after.get(name),
  );
  if (changed.length === 0) return;
  throw new SequiturError({
    where,
    expected: `the settings it was saved with (${listed(changed, before)})`,
    got: listed(changed, after),
    fix: "Use the same settings, or allow the change with checkpoints: { changedSettings: 'accept' }",
  });
}

const MOST_LISTED = 8;

function listed(names: readonly string[], values: ReadonlyMap<string, string>): string {
  const shown = names.slice(0, MOST_LISTED).map((name) => shorten(`${name}: ${values.get(name) ?? 'none'}`));
  const rest = names.length - shown.length;
  return shown.join(', ') + (rest > 0 ? `, and ${rest} more` : '');
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
