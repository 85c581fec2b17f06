import { SequiturError } from '@sequitur/core';
import { type Size, type SizeOf, sizes } from './sizes.js';

/** Maximum number of steps of a template, many more than a conversation of a thousand turns needs. */
const MOST_STEPS = 1_000_000;
const MOST_MILLISECONDS = 500;
/** Maximum size of a value in characters; an item of a list counts as several. */
const LARGEST = 2 ** 22;
/** Maximum nesting of lists and objects. */
const DEEPEST = 100;
/** Characters that cost as much as a step. */
const PER_STEP = 64;
/** Steps between checks of the clock. */
const BETWEEN_LOOKS = 256;

/**
 * The budget of a template: steps, time, and the size of values. A template is part of a file and cannot be trusted.
 */
export class Budget {
  readonly #sizeOf: SizeOf = sizes(LARGEST, DEEPEST);
  readonly #start = performance.now();
  #spent = 0;
  #looked = 0;

  /** Counts a step and its result. */
  spend(value?: unknown): void {
    const { size, depth, length } = this.#sizeOf(value);
    this.allow(size);
    if (depth > DEEPEST) throw beyond('values', `${DEEPEST} nested lists or objects`);
    this.#spent += 1 + length / PER_STEP;
    if (this.#spent > MOST_STEPS) throw beyond('steps', `${MOST_STEPS}`);
    if (this.#spent - this.#looked < BETWEEN_LOOKS) return;
    this.#looked = this.#spent;
    if (performance.now() - this.#start > MOST_MILLISECONDS) throw beyond('time', `${MOST_MILLISECONDS} ms`);
  }

  /** Refuses a step whose result would be too long. */
  allow(size: number): void {
    if (!(size <= LARGEST)) throw beyond('values', `${LARGEST} characters`);
  }

  sizeOf(value: unknown): Size {
    return this.#sizeOf(value);
  }
}

function beyond(what: string, most: string): SequiturError {
  return new SequiturError({
    where: 'chat template',
    expected: `${what} of at most ${most}`,
    got: 'more',
    fix: 'Use another chat template, or shorter messages',
  });
}
