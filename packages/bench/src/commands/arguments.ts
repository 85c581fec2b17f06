import { SequiturError } from '@sequitur/core';

/** The backends that `--backend` names. */
export const BACKENDS = ['cpu', 'wasm', 'webgpu'] as const;

export function positiveInteger(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new SequiturError({ where: option, expected: 'an integer above 0', got: `'${text}'` });
}

export function positiveNumber(option: string, text: string): number {
  const value = Number(text);
  if (value >= 0 && Number.isFinite(value)) return value;
  throw new SequiturError({ where: option, expected: 'a number of at least 0', got: `'${text}'` });
}

export function oneOf<T extends string>(option: string, allowed: readonly T[], text: string): T {
  const found = allowed.find((item) => item === text);
  if (found !== undefined) return found;
  throw new SequiturError({ where: option, expected: `one of ${allowed.join(', ')}`, got: `'${text}'` });
}

/** Parses `a,b,c` as a list of allowed values. */
export function someOf<T extends string>(option: string, allowed: readonly T[], text: string): T[] {
  return text.split(',').map((item) => oneOf(option, allowed, item.trim()));
}
