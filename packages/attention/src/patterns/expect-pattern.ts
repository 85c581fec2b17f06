import { SequiturError, showValue } from '@sequitur/core';
import * as constructors from './constructors.js';
import { expectCount } from './expect-count.js';
import type { Pattern } from './pattern.js';

const checked = new WeakSet<object>();

/**
 * Checks a pattern, which may come from a saved model: its kind must be known and its fields in range.
 *
 * @throws SequiturError that names the wrong field
 */
export function expectPattern(where: string, pattern: Pattern): void {
  if (typeof pattern !== 'object' || pattern === null) refuse(where, pattern);
  if (checked.has(pattern)) return;
  expectParts(where, pattern);
  checked.add(pattern);
}

function expectParts(where: string, pattern: Pattern): void {
  switch (pattern.kind) {
    case 'causal':
    case 'full':
      return;
    case 'slidingWindow':
      expectCount(`${where}: slidingWindow`, 'right', pattern.right, 0);
      constructors.slidingWindow(pattern);
      return;
    case 'globalTokens':
      expectAscending(
        where,
        constructors.globalTokens(listOf(where, 'positions', pattern.positions)).positions,
        pattern,
      );
      return;
    case 'documents':
      constructors.documents(listOf(where, 'ids', pattern.ids));
      return;
    case 'chosenBlocks':
      constructors.chosenBlocks({ ...pattern, chosen: listOf(where, 'chosen', pattern.chosen) });
      return;
    case 'strided':
      constructors.strided(pattern.stride);
      return;
    case 'prefix':
      constructors.prefix(pattern.length);
      return;
    case 'dilated':
      constructors.dilated(pattern);
      return;
    case 'fixed':
      constructors.fixed(pattern);
      return;
    case 'randomBlocks':
      constructors.randomBlocks(pattern);
      return;
    case 'either':
    case 'both':
      for (const part of listOf(where, 'patterns', pattern.patterns)) expectPattern(where, part);
      constructors.either(...pattern.patterns); // throws if there are none
      return;
    case 'except':
      for (const part of [pattern.pattern, pattern.without]) expectPattern(where, part);
      return;
    default:
      refuse(where, pattern);
  }
}

function listOf<T>(where: string, name: string, given: readonly T[]): readonly T[] {
  if (Array.isArray(given)) return given;
  throw new SequiturError({ where: `${where}, ${name}`, expected: 'a list', got: typeof given });
}

/** Positions are found by binary search, so they must ascend. */
function expectAscending(where: string, sorted: readonly number[], { positions }: { positions: readonly number[] }) {
  if (sorted.length === positions.length && sorted.every((position, index) => position === positions[index])) return;
  throw new SequiturError({
    where: `${where}, positions of globalTokens`,
    expected: 'ascending positions',
    got: `[${positions.join(', ')}]`,
    fix: 'Let globalTokens(positions) sort them',
  });
}

function refuse(where: string, got: unknown): never {
  throw new SequiturError({
    where,
    expected: 'a pattern, made by causal(), slidingWindow(..) or another function of this package',
    got: showValue(got),
  });
}
