import { SequiturError, shorten } from '@sequitur/core';
import { type Marks, marks } from './marks.js';
import { parsePattern } from './parse.js';
import { compilePattern, type Program } from './program.js';

export interface PatternMatch {
  readonly index: number;
  readonly text: string;
}

/** A pattern: finds its matches in a text from left to right, without overlaps. */
export interface Pattern {
  matchesIn(text: string): Iterable<PatternMatch>;
}

/** The matches of a pattern, or of a global JavaScript expression whose time is bounded. */
export function matchesIn(pattern: RegExp | Pattern, text: string): Iterable<PatternMatch> {
  return pattern instanceof RegExp ? native(pattern).matchesIn(text) : pattern.matchesIn(text);
}

/** A global JavaScript expression as a pattern. */
export function native(expression: RegExp): Pattern {
  return {
    *matchesIn(text) {
      for (const match of text.matchAll(expression)) yield { index: match.index, text: match[0] };
    },
  };
}

/**
 * A regular expression that always takes time proportional to the text: it tries alternatives in the order of
 * JavaScript, and memorizes the positions at which each of them has failed (Davis, Servant and Lee 2021, "Using
 * selective memoization to defeat regular expression denial of service").
 */
export class LinearPattern implements Pattern {
  readonly #source: string;
  readonly #program: Program;

  /**
   * @param source in JavaScript's syntax with the flag `u`
   * @throws Error where it cannot be matched in linear time
   */
  constructor(source: string) {
    this.#source = source;
    this.#program = compilePattern(parsePattern(source));
  }

  *matchesIn(text: string): Generator<PatternMatch> {
    const matcher = new Matcher(this.#program, text);
    for (let from = 0; from <= text.length; ) {
      const to = this.#end(matcher, from);
      if (to >= 0) yield { index: from, text: text.slice(from, to) };
      from = to > from ? to : from + widthAt(text, from);
    }
  }

  #end(matcher: Matcher, from: number): number {
    try {
      return matcher.matchAt(from);
    } catch (cause) {
      const expected = 'a text in which this pattern can be searched';
      const got = `a text that takes too many steps with ${shorten(this.#source, 80)}`;
      throw new SequiturError({ where: 'pattern of a tokenizer', expected, got }, { cause });
    }
  }
}

function widthAt(text: string, at: number): number {
  const code = text.codePointAt(at);
  return code !== undefined && code > 0xffff ? 2 : 1;
}

/** An alternative that is tried where the path before it fails. */
interface Choice {
  readonly step: number;
  readonly at: number;
  /** Length of the path up to the split. */
  readonly path: number;
}

const [UNKNOWN, FAILED, MATCHED] = [0, 1, 2];

class Matcher {
  readonly #program: Program;
  readonly #text: string;
  readonly #places: number;
  /** For each split and position whether it has failed, or leads to a match of a lookahead. */
  readonly #marks: Marks;
  /** For each lookahead and position its result. */
  readonly #looks: Marks;

  constructor(program: Program, text: string) {
    this.#program = program;
    this.#text = text;
    this.#places = text.length + 1;
    this.#marks = marks(program.splits * this.#places);
    this.#looks = marks(program.looks * this.#places);
  }

  /** The end of the match that begins at `from`; -1 where there is none. */
  matchAt(from: number): number {
    return this.#run(0, from, false);
  }

  /** Runs the program from a step. A lookahead ends as soon as there is any match. */
  #run(start: number, from: number, isLook: boolean): number {
    const { steps } = this.#program;
    const path: number[] = [];
    const choices: Choice[] = [];
    let [step, at] = [start, from];
    for (;;) {
      const current = steps[step]!;
      let fails = false;
      switch (current.kind) {
        case 'set': {
          const code = this.#text.codePointAt(at);
          if (code !== undefined && current.holds(code)) {
            at += code > 0xffff ? 2 : 1;
            step++;
          } else fails = true;
          break;
        }
        case 'split': {
          const mark = current.mark * this.#places + at;
          const known = this.#marks.get(mark);
          if (known === MATCHED) return this.#found(path, at);
          if (known === FAILED) {
            fails = true;
            break;
          }
          // Marked as failed until proven otherwise: a second visit cannot lead to a new match.
          this.#marks.set(mark, FAILED);
          path.push(mark);
          choices.push({ step: current.second, at, path: path.length });
          step = current.first;
          break;
        }
        case 'jump':
          step = current.to;
          break;
        case 'behind':
          if (this.#isBehind(current.holds, at) === current.negated) fails = true;
          else step++;
          break;
        case 'ahead':
          if (this.#isAhead(step + 1, current.look, at) === current.negated) fails = true;
          else step = current.after;
          break;
        case 'match':
          if (isLook) return this.#found(path, at);
          for (const mark of path) this.#marks.set(mark, UNKNOWN);
          return at;
      }
      if (!fails) continue;
      const choice = choices.pop();
      if (!choice) return -1;
      ({ step, at } = choice);
      path.length = choice.path;
    }
  }

  #found(path: readonly number[], at: number): number {
    for (const mark of path) this.#marks.set(mark, MATCHED);
    return at;
  }

  #isBehind(holds: (code: number) => boolean, at: number): boolean {
    if (at === 0) return false;
    const low = this.#text.charCodeAt(at - 1);
    const isPair = low >= 0xdc00 && low <= 0xdfff && at >= 2 && (this.#text.codePointAt(at - 2) ?? 0) > 0xffff;
    return holds(isPair ? this.#text.codePointAt(at - 2)! : low);
  }

  #isAhead(start: number, look: number, at: number): boolean {
    const place = look * this.#places + at;
    if (this.#looks.get(place) === UNKNOWN) this.#looks.set(place, this.#run(start, at, true) < 0 ? FAILED : MATCHED);
    return this.#looks.get(place) === MATCHED;
  }
}
