import { checkOptions, optionsOf } from '@sequitur/core';
import { dataError, shownValue } from './data-error.js';
import { type DataOptions, dataRules, UNNAMED } from './data-options.js';

/** The JSON object of a line. */
export interface JsonLine {
  readonly value: Readonly<Record<string, unknown>>;
  /** The line number, from 1. */
  readonly line: number;
}

const jsonLinesOptions = optionsOf<DataOptions>(dataRules);

/**
 * Parses JSON Lines, one object on each line; blank lines are skipped.
 *
 * @throws SequiturError with the line that is not a JSON object
 */
export function parseJsonLines(content: string, options: DataOptions = {}): JsonLine[] {
  const { name = UNNAMED } = checkOptions('parseJsonLines', jsonLinesOptions, options);
  const lines = content.replace(/^\uFEFF/, '').split(/\r?\n/);
  return lines.flatMap((text, index) =>
    text.trim() === '' ? [] : [{ value: objectOf(text, `${name}, line ${index + 1}`), line: index + 1 }],
  );
}

function objectOf(text: string, where: string): JsonLine['value'] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw dataError(where, 'a JSON object', shownValue(text), error);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonLine['value'];
  throw dataError(where, 'a JSON object', shownValue(text));
}
