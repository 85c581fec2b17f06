import { SequiturError } from '@sequitur/core';

/** Checks a number that counts positions. */
export function expectCount(
  where: string,
  name: string,
  value: number,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const expected = most === Number.MAX_SAFE_INTEGER ? `an integer >= ${least}` : `an integer from ${least} to ${most}`;
  throw new SequiturError({ where: `${where}, ${name}`, expected, got: String(value) });
}

/** Checks a number that stands for something, whatever its sign. */
export function expectInteger(where: string, name: string, value: number): void {
  if (Number.isInteger(value)) return;
  throw new SequiturError({ where: `${where}, ${name}`, expected: 'an integer', got: String(value) });
}
