import { SequiturError } from '@sequitur/core';

/** The error for a place in data: `where` is a file, or a file and a line. */
export function dataError(where: string, expected: string, got: string, cause?: unknown): SequiturError {
  return new SequiturError({ where, expected, got }, cause === undefined ? {} : { cause });
}

/** The beginning of a value, for messages. */
export function shownValue(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
