import { SequiturError } from '@sequitur/core';
import { type Size, type SizeOf, sizes } from './sizes.js';

/** Most steps of a template: far more than a conversation of a thousand turns takes. */
const MOST_STEPS = 1_000_000;
const MOST_MILLISECONDS = 500;
/** Most characters of one value; an item of a list counts as several. */
const LARGEST = 2 ** 22;
/** Deepest nesting of lists and objects. */
const DEEPEST = 100;
/** As many characters as cost as much as a step. */
const PER_STEP = 64;
/** Steps between two looks at the clock. */
const BETWEEN_LOOKS = 256;

/** What a template may cost: steps, time, and the size of values. A template is part of a file, and may be anything. */
export class Budget {
  readonly #sizeOf: SizeOf = sizes(LARGEST, DEEPEST);
  readonly #start = performance.now();
  #spent = 0;
  #looked = 0;

  /** Counts a step, and what it gave. */
  spend(value?: unknown): void {
    const { size, depth, length } = this.#sizeOf(value);
    this.allow(size);
    if (depth > DEEPEST) throw beyond('values', `${DEEPEST} lists or objects within each other`);
    this.#spent += 1 + length / PER_STEP;
    if (this.#spent > MOST_STEPS) throw beyond('steps', `${MOST_STEPS}`);
    if (this.#spent - this.#looked < BETWEEN_LOOKS) return;
    this.#looked = this.#spent;
    if (performance.now() - this.#start > MOST_MILLISECONDS) throw beyond('time', `${MOST_MILLISECONDS} ms`);
  }

  /** Refuses a step that would give this many characters. */
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
    fix: 'Give chat another template, or shorter messages',
  });
}
