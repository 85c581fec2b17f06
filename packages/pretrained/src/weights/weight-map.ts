import { type Conversion, same } from './conversions.js';

/**
 * One line of a weight map: a name in the checkpoint, the paths of our parameters, and the conversion between them.
 * `{i}` in the name and the paths stands for any number, the same in all of them. `*` in the name stands for the index along
 * the first axis, where the checkpoint has one tensor for each.
 */
export interface WeightRule {
  readonly checkpoint: string;
  readonly parameters: readonly string[];
  readonly conversion: Conversion;
}

export function rule(checkpoint: string, parameters: string | readonly string[], conversion = same): WeightRule {
  return { checkpoint, parameters: typeof parameters === 'string' ? [parameters] : parameters, conversion };
}

/** A rule with the numbers filled in. */
export interface Correspondence {
  readonly checkpoint: string;
  readonly parameters: readonly string[];
  readonly conversion: Conversion;
}

/** The tensor of the checkpoint for each parameter; parameters without a rule are omitted. */
export function correspondences(rules: readonly WeightRule[], paths: Iterable<string>): Correspondence[] {
  const found = new Map<string, Correspondence>();
  for (const path of paths) {
    for (const { checkpoint, parameters, conversion } of rules) {
      const numbers = parameters.map((pattern) => matchNumbers(pattern, path)).find((match) => match !== null);
      if (!numbers) continue;
      const name = fillNumbers(checkpoint, numbers);
      found.set(name, { checkpoint: name, conversion, parameters: parameters.map((p) => fillNumbers(p, numbers)) });
      break;
    }
  }
  return [...found.values()];
}

/** A tensor of a checkpoint. */
export interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The tensors that a correspondence is stored as, for parameters of these shapes: one, or one for each index of `*`. */
export function storedTensors(
  { checkpoint: name, conversion }: Correspondence,
  shapes: readonly (readonly number[])[],
): NamedShape[] {
  const shape = conversion.shape(shapes);
  if (!name.includes('*')) return [{ name, shape }];
  return Array.from({ length: shape[0] ?? 0 }, (_, i) => ({ name: name.replace('*', `${i}`), shape: shape.slice(1) }));
}

/** Whether a name matches a pattern with `{i}` for numbers. */
export function fits(pattern: string, name: string): boolean {
  return matchNumbers(pattern, name) !== null;
}

function matchNumbers(pattern: string, name: string): readonly string[] | null {
  return compiled(pattern).exec(name)?.slice(1) ?? null;
}

const expressions = new Map<string, RegExp>();

function compiled(pattern: string): RegExp {
  let expression = expressions.get(pattern);
  if (!expression) {
    const escaped = pattern.split('{i}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    expression = new RegExp(`^${escaped.join('(\\d+)')}$`);
    if (expressions.size >= MOST_EXPRESSIONS) expressions.clear();
    expressions.set(pattern, expression);
  }
  return expression;
}

/** Enough for the names of several models. */
const MOST_EXPRESSIONS = 10_000;

function fillNumbers(pattern: string, numbers: readonly string[]): string {
  let next = 0;
  return pattern.replaceAll('{i}', () => numbers[next++] ?? '{i}');
}
