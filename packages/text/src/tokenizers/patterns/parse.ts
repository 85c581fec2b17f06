/** A regular expression as a tree. */
export type PatternNode =
  | { readonly kind: 'empty' }
  /** One character of a set, which a JavaScript expression for one character tells. */
  | { readonly kind: 'set'; readonly source: string }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly PatternNode[] }
  | {
      readonly kind: 'repeat';
      readonly part: PatternNode;
      readonly least: number;
      readonly most: number;
      readonly lazy: boolean;
    }
  /** Whether a pattern matches after a place, or a single character precedes it. */
  | { readonly kind: 'look'; readonly part: PatternNode; readonly behind: boolean; readonly negated: boolean };

/** Maximum depth of nested groups; patterns have a few. */
const DEEPEST = 50;

/**
 * Parses JavaScript's expressions with the flag `u`, as far as they can be matched in linear time: without references
 * to groups, and with lookbehind of single characters only.
 *
 * @throws Error where the pattern contains anything else
 */
export function parsePattern(source: string): PatternNode {
  const reader = new Reader(source);
  const node = reader.choice(0);
  if (!reader.isDone) throw new Error(`an unexpected ${reader.peek()}`);
  return node;
}

class Reader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  get isDone(): boolean {
    return this.#at >= this.#source.length;
  }

  peek(): string {
    return this.isDone ? '' : String.fromCodePoint(this.#source.codePointAt(this.#at)!);
  }

  choice(depth: number): PatternNode {
    if (depth > DEEPEST) throw new Error(`groups more than ${DEEPEST} deep`);
    const parts = [this.#sequence(depth)];
    while (this.#takes('|')) parts.push(this.#sequence(depth));
    return parts.length > 1 ? { kind: 'choice', parts } : parts[0]!;
  }

  #sequence(depth: number): PatternNode {
    const parts: PatternNode[] = [];
    while (!this.isDone && !['|', ')'].includes(this.peek())) parts.push(this.#repeated(this.#atom(depth)));
    return { kind: 'sequence', parts };
  }

  #repeated(part: PatternNode): PatternNode {
    const [least, most] = this.#quantifier() ?? [1, 1];
    if (least === 1 && most === 1) return part;
    return { kind: 'repeat', part, least, most, lazy: this.#takes('?') };
  }

  #quantifier(): readonly [number, number] | null {
    if (this.#takes('*')) return [0, Infinity];
    if (this.#takes('+')) return [1, Infinity];
    if (this.#takes('?')) return [0, 1];
    const counts = /^\{(\d+)(,(\d*))?\}/.exec(this.#source.slice(this.#at, this.#at + 40));
    if (!counts) return null;
    this.#at += counts[0].length;
    const least = Number(counts[1]);
    return [least, counts[2] === undefined ? least : counts[3] ? Number(counts[3]) : Infinity];
  }

  #atom(depth: number): PatternNode {
    const character = this.peek();
    if (character === '(') return this.#group(depth);
    if (character === '[') return { kind: 'set', source: this.#characterClass() };
    if (character === '\\') return { kind: 'set', source: this.#escape() };
    if (character === '^' || character === '$') return this.#edge(character);
    this.#at += character.length;
    return { kind: 'set', source: character };
  }

  /** `^` and `$`: the edges of the text, without the flag `m`. */
  #edge(character: string): PatternNode {
    this.#at++;
    return { kind: 'look', part: { kind: 'set', source: '[^]' }, behind: character === '^', negated: true };
  }

  #group(depth: number): PatternNode {
    const [prefix, sign] = /^\((?:\?(<?[=!]|:|<[^>]*>))?/.exec(this.#source.slice(this.#at))!;
    if (this.#source[this.#at + prefix.length] === '?') throw new Error('an unsupported kind of group');
    this.#at += prefix.length;
    const part = this.choice(depth + 1);
    if (!this.#takes(')')) throw new Error('a group without an end');
    if (!sign || !/[=!]$/.test(sign)) return part;
    const behind = sign.startsWith('<');
    if (behind && single(part) === null) throw new Error('a lookbehind of several characters');
    return { kind: 'look', part: behind ? single(part)! : part, behind, negated: sign.endsWith('!') };
  }

  #characterClass(): string {
    const from = this.#at;
    for (this.#at++; !this.isDone; this.#at++) {
      if (this.#source[this.#at] === '\\') this.#at++;
      else if (this.#source[this.#at] === ']') {
        this.#at++;
        return this.#source.slice(from, this.#at);
      }
    }
    throw new Error('a character class without an end');
  }

  #escape(): string {
    const found = /^\\(?:[pPu]\{[^}]*\}|u[\dA-Fa-f]{4}|x[\dA-Fa-f]{2}|c[A-Za-z]|[^pPuxcbB1-9k])/su.exec(
      this.#source.slice(this.#at, this.#at + 100),
    );
    if (!found)
      throw new Error(`${this.#source.slice(this.#at, this.#at + 2)}, which cannot be matched in linear time`);
    this.#at += found[0].length;
    return found[0];
  }

  #takes(character: string): boolean {
    if (this.#source[this.#at] !== character) return false;
    this.#at++;
    return true;
  }
}

/** The node if it matches exactly one character, else null. */
function single(node: PatternNode): PatternNode | null {
  if (node.kind === 'set') return node;
  return node.kind === 'sequence' && node.parts.length === 1 ? single(node.parts[0]!) : null;
}
