import { option } from '@sequitur/core';

const expected = 'a path, or an object with read, replace and append';

/** A path, or a `LogFile`. */
export const logPlace = option.either(
  expected,
  option.kind('a path', (value) => typeof value === 'string' && value !== ''),
  option.having(expected, 'read', 'replace', 'append'),
);
