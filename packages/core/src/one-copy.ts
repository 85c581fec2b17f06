import { SequiturError } from './errors.js';

/** The global symbol by which the first copy of this package marks a process or page. */
const STAMP = Symbol.for('@sequitur/core');

/** The mark of this copy: each copy of the package evaluates this module once. */
const thisCopy = {};

/**
 * The guard against two copies of this package in one process: each would have a separate list of open backends, and
 * would not recognise parameters of the other.
 *
 * @throws SequiturError in the second copy
 */
export function expectOneCopy(): void {
  const shared = globalThis as { [STAMP]?: object };
  shared[STAMP] ??= thisCopy;
  if (shared[STAMP] === thisCopy) return;
  throw new SequiturError({
    where: '@sequitur/core',
    expected: 'one copy in this process',
    got: 'a second one',
    fix: 'List the copies with `npm ls @sequitur/core`, install one version for all packages, and let the bundler deduplicate it',
  });
}
