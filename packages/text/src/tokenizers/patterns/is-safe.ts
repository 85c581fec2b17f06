import type { PatternNode } from './parse.js';

type Repeat = PatternNode & { readonly kind: 'repeat' };

/** Maximum number of optional parts of an alternative: the number of ways to match them is exponential. */
const MOST_OPTIONAL = 4;
const LONGEST_COUNT = 16;

/**
 * Whether JavaScript's engine matches a pattern in time proportional to the text, as with the usual patterns of
 * tokenizers: an alternative that has begun a run of characters cannot fail, or a later alternative matches the whole
 * run.
 */
export function isSafe(node: PatternNode): boolean {
  const alternatives = node.kind === 'choice' ? node.parts : [node];
  return alternatives.every((alternative, index) =>
    isSafeAlternative(partsOf(alternative), alternatives.slice(index + 1)),
  );
}

function isSafeAlternative(parts: readonly PatternNode[], later: readonly PatternNode[]): boolean {
  const first = parts.findIndex(isRun);
  if (first < 0) return isBounded(parts);
  const [before, run, after] = [parts.slice(0, first), parts[first] as Repeat, parts.slice(first + 1)];
  if (!isBounded(before) || run.lazy) return false;
  if (after.every(cannotFail) && isBounded(after.filter((part) => !isRun(part)))) return true;
  const [next, ...rest] = after;
  const takesRun = later.some((other) => isWholeRun(partsOf(other), before, run));
  if (!next || !takesRun || !rest.every((part) => !isRun(part) && cannotFail(part)) || !isBounded(rest)) return false;
  return isRun(next) || (next.kind === 'look' && !next.behind && next.part.kind !== 'look' && isSingle(next.part));
}

/** Whether an alternative is `S+` after the same beginning, followed by nothing that can fail. */
function isWholeRun(parts: readonly PatternNode[], before: readonly PatternNode[], run: Repeat): boolean {
  const own = parts[before.length];
  if (own?.kind !== 'repeat' || own.most !== Infinity || own.least > 1 || own.lazy) return false;
  const begin = JSON.stringify([parts.slice(0, before.length), own.part]);
  return begin === JSON.stringify([before, run.part]) && parts.slice(before.length + 1).every(cannotFail);
}

function partsOf(node: PatternNode): readonly PatternNode[] {
  return node.kind === 'sequence' ? node.parts : [node];
}

/** Whether a node is an unbounded repetition of a set. */
function isRun(node: PatternNode): node is Repeat {
  return node.kind === 'repeat' && node.most === Infinity && node.least <= 2 && isSingle(node.part);
}

function cannotFail(node: PatternNode): boolean {
  return node.kind === 'repeat' && node.least === 0 && !node.lazy;
}

/** Whether parts match only a few characters, in only a few ways. */
function isBounded(parts: readonly PatternNode[]): boolean {
  let optional = 0;
  const isShort = (node: PatternNode, inChoice: boolean): boolean => {
    if (node.kind === 'set') return true;
    if (node.kind === 'sequence') return node.parts.every((part) => isShort(part, inChoice));
    if (node.kind === 'choice') return !inChoice && node.parts.every((part) => isShort(part, true));
    if (node.kind !== 'repeat' || node.most > LONGEST_COUNT) return false;
    optional++;
    return isShort(node.part, inChoice) && (node.most === 1 || isSingle(node.part));
  };
  return parts.every((part) => isShort(part, false)) && optional <= MOST_OPTIONAL;
}

function isSingle(node: PatternNode): boolean {
  return node.kind === 'set' || (node.kind === 'sequence' && node.parts.length === 1 && isSingle(node.parts[0]!));
}
