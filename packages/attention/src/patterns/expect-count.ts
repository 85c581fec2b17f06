import { SequiturError } from '@sequitur/core';

/** Checks a count of positions. */
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

/** Checks an integer of any sign, an id for example. */
export function expectInteger(where: string, name: string, value: number): void {
  if (Number.isInteger(value)) return;
  throw new SequiturError({ where: `${where}, ${name}`, expected: 'an integer', got: String(value) });
}
