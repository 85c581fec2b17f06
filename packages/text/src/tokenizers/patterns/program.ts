import type { PatternNode } from './parse.js';

/** A step of a compiled pattern; numbers are indices of steps. */
export type Step =
  | { readonly kind: 'set'; readonly holds: (code: number) => boolean }
  /** Tries `first`, and `second` where that fails. */
  | { readonly kind: 'split'; first: number; second: number; readonly mark: number }
  | { readonly kind: 'jump'; to: number }
  | { readonly kind: 'behind'; readonly holds: (code: number) => boolean; readonly negated: boolean }
  /** Runs from the next step to its match, then goes to `after`. */
  | { readonly kind: 'ahead'; after: number; readonly negated: boolean; readonly look: number }
  | { readonly kind: 'match' };

type Split = Step & { readonly kind: 'split' };

export interface Program {
  readonly steps: readonly Step[];
  readonly splits: number;
  readonly looks: number;
}

/** Maximum number of steps: counts are expanded, so that `a{1000}{1000}` would be a million steps. */
const MOST_STEPS = 5000;

/**
 * Compiles a pattern.
 *
 * @throws Error where the program would be too long, or a set is not valid in JavaScript
 */
export function compilePattern(node: PatternNode): Program {
  const compiler = new Compiler();
  compiler.write(node);
  compiler.add({ kind: 'match' });
  return compiler;
}

class Compiler implements Program {
  readonly steps: Step[] = [];
  splits = 0;
  looks = 0;
  readonly #sets = new Map<string, (code: number) => boolean>();

  add<Kind extends Step>(step: Kind): Kind {
    if (this.steps.length >= MOST_STEPS) throw new Error(`more than ${MOST_STEPS} steps`);
    this.steps.push(step);
    return step;
  }

  write(node: PatternNode): void {
    switch (node.kind) {
      case 'empty':
        return;
      case 'set':
        this.add({ kind: 'set', holds: this.#setOf(node.source) });
        return;
      case 'sequence':
        for (const part of node.parts) this.write(part);
        return;
      case 'choice':
        this.#writeChoice(node.parts);
        return;
      case 'repeat':
        this.#writeRepeat(node);
        return;
      case 'look':
        this.#writeLook(node);
    }
  }

  #writeChoice(parts: readonly PatternNode[]): void {
    const jumps: { to: number }[] = [];
    for (const [index, part] of parts.entries()) {
      const split = index < parts.length - 1 ? this.#split() : null;
      if (split) split.first = this.steps.length;
      this.write(part);
      if (!split) break;
      jumps.push(this.add({ kind: 'jump', to: 0 }));
      split.second = this.steps.length;
    }
    for (const jump of jumps) jump.to = this.steps.length;
  }

  #writeRepeat({ part, least, most, lazy }: PatternNode & { kind: 'repeat' }): void {
    if (most > least && mayBeEmpty(part) && !isGreedy(part)) throw new Error('a count of a group that may be empty');
    for (let count = 0; count < least; count++) this.write(part);
    if (most === Infinity) {
      const start = this.steps.length;
      const split = this.#split();
      const inside = this.steps.length;
      this.write(part);
      this.add({ kind: 'jump', to: start });
      this.#choose(split, inside, lazy);
      return;
    }
    const splits: { split: Split; inside: number }[] = [];
    for (let count = least; count < most; count++) {
      const split = this.#split();
      splits.push({ split, inside: this.steps.length });
      this.write(part);
    }
    for (const { split, inside } of splits) this.#choose(split, inside, lazy);
  }

  /** Sets the targets of a split: the inside of the repetition, and the step after it. */
  #choose(split: { first: number; second: number }, inside: number, lazy: boolean): void {
    const after = this.steps.length;
    [split.first, split.second] = lazy ? [after, inside] : [inside, after];
  }

  #writeLook({ part, behind, negated }: PatternNode & { kind: 'look' }): void {
    if (behind) {
      this.add({ kind: 'behind', holds: this.#setOf((part as { source: string }).source), negated });
      return;
    }
    const look = this.add({ kind: 'ahead', after: 0, negated, look: this.looks++ });
    this.write(part);
    this.add({ kind: 'match' });
    look.after = this.steps.length;
  }

  #split(): Split {
    return this.add<Split>({ kind: 'split', first: 0, second: 0, mark: this.splits++ });
  }

  #setOf(source: string): (code: number) => boolean {
    const known = this.#sets.get(source);
    if (known) return known;
    const made = characterSet(source);
    this.#sets.set(source, made);
    return made;
  }
}

function mayBeEmpty(node: PatternNode): boolean {
  if (node.kind === 'set') return false;
  if (node.kind === 'sequence') return node.parts.every(mayBeEmpty);
  if (node.kind === 'choice') return node.parts.some(mayBeEmpty);
  return node.kind !== 'repeat' || node.least === 0 || mayBeEmpty(node.part);
}

/** Whether a part tries longer matches first, so that its match is empty only where there is no other. */
function isGreedy(node: PatternNode): boolean {
  if (node.kind === 'sequence') return node.parts.every(isGreedy);
  return node.kind === 'set' || (node.kind === 'repeat' && !node.lazy && isGreedy(node.part));
}

/** The membership test of a set; JavaScript is asked once for each code point. */
function characterSet(source: string): (code: number) => boolean {
  const pattern = new RegExp(`^(?:${source})$`, 'u');
  const test = (code: number) => pattern.test(String.fromCodePoint(code));
  const ascii = Uint8Array.from({ length: 128 }, (_, code) => (test(code) ? 1 : 0));
  const known = new Map<number, boolean>();
  return (code) => {
    if (code < 128) return ascii[code] === 1;
    let holds = known.get(code);
    if (holds === undefined) {
      holds = test(code);
      known.set(code, holds);
    }
    return holds;
  };
}
