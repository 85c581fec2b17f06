/** Unicode white space; JavaScript's `trim` would also remove a byte order mark. */
const LEADING = /^\p{White_Space}+/u;
const TRAILING = /\p{White_Space}+$/u;

export function trimStart(text: string): string {
  return text.replace(LEADING, '');
}

export function trimEnd(text: string): string {
  // A pattern would scan every run of spaces from the left.
  let end = text.length;
  while (end > 0 && TRAILING.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}

export function trim(text: string): string {
  return trimStart(trimEnd(text));
}
