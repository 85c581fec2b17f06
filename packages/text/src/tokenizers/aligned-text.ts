import { SequiturError } from '@sequitur/core';
import { matchesIn, type Pattern } from './patterns/linear-pattern.js';
import type { Offsets } from './tokenizer.js';

/**
 * A base character with its marks, or a Hangul syllable: Unicode normalization never changes more characters together.
 */
const CLUSTERS = /[\s\S][\p{M}\u1160-\u11ff\ud7b0-\ud7ff\u{ff9e}\u{ff9f}]*/gu;

/** A text during normalization with its alignment: each UTF-16 code unit has a range in the original. */
export class AlignedText {
  readonly text: string;
  /** The range of each unit in the original; null where unit `i` is unit `origin + i` of the original. */
  readonly #starts: Int32Array | null;
  readonly #ends: Int32Array | null;
  readonly #origin: number;

  private constructor(text: string, origin: number, starts: Int32Array | null, ends: Int32Array | null) {
    this.text = text;
    this.#origin = origin;
    this.#starts = starts;
    this.#ends = ends;
  }

  static of(text: string): AlignedText {
    return new AlignedText(text, 0, null, null);
  }

  /** The start of the text in the original, dropped characters included. */
  get origin(): number {
    return this.#origin;
  }

  get length(): number {
    return this.text.length;
  }

  /** The range of units [from, to) in the original; an empty range is at its start. */
  range(from: number, to: number): Offsets {
    if (from >= to) {
      const at = from < this.length ? this.#start(from) : this.length ? this.#end(this.length - 1) : this.#origin;
      return [at, at];
    }
    return [this.#start(from), this.#end(to - 1)];
  }

  slice(from: number, to: number): AlignedText {
    if (from === 0 && to === this.length) return this;
    const origin = from === 0 ? this.#origin : this.range(from, from)[0];
    const text = this.text.slice(from, to);
    return new AlignedText(
      text,
      origin,
      this.#starts?.subarray(from, to) ?? null,
      this.#ends?.subarray(from, to) ?? null,
    );
  }

  /** The same units with other characters: `text` must have the same length. */
  relabel(text: string): AlignedText {
    return new AlignedText(text, this.#origin, this.#starts, this.#ends);
  }

  /** Prepends text that is not in the original. */
  prepend(inserted: string): AlignedText {
    return this.rewrite((add, keep) => {
      add(inserted, 0, 0);
      keep(0, this.length);
    });
  }

  /** Replaces every character (code point) by the result of `replace`. */
  mapCharacters(replace: (character: string) => string): AlignedText {
    let kept = 0;
    const result = this.rewrite((add, keep) => {
      let at = 0;
      for (const character of this.text) {
        const replaced = replace(character);
        const end = at + character.length;
        if (replaced !== character) {
          keep(kept, at);
          add(replaced, at, end);
          kept = end;
        }
        at = end;
      }
      if (kept > 0) keep(kept, at);
    });
    return kept > 0 ? result : this;
  }

  /** Replaces every match of a pattern by `content`. */
  replaceAll(pattern: RegExp | Pattern, content: string | ((match: string) => string)): AlignedText {
    return this.rewrite((add, keep) => {
      let at = 0;
      for (const { index, text } of matchesIn(pattern, this.text)) {
        keep(at, index);
        at = index + text.length;
        const replaced = typeof content === 'string' ? content : content(text);
        if (replaced === text) keep(index, at);
        else add(replaced, index, at);
      }
      keep(at, this.length);
    });
  }

  /** Unicode normalization; characters that change together are aligned together. */
  normalize(form: 'NFC' | 'NFD' | 'NFKC' | 'NFKD'): AlignedText {
    const whole = this.text.normalize(form);
    if (whole === this.text) return this;
    const byCluster = this.replaceAll(CLUSTERS, (cluster) => cluster.normalize(form));
    if (byCluster.text === whole) return byCluster;
    return this.rewrite((add) => add(whole, 0, this.length));
  }

  /** A rewritten text: `add` inserts text aligned to units [from, to), `keep` copies those units. */
  rewrite(write: (add: Add, keep: Keep) => void): AlignedText {
    const texts: string[] = [];
    const ranges = new Ranges(this.length);
    let length = 0;
    const add: Add = (text, from, to) => {
      length += text.length;
      if (length > LONGEST) throw tooLong(this.length);
      texts.push(text);
      const [start, end] = this.range(from, to);
      for (let unit = 0; unit < text.length; unit++) ranges.push(start, end);
    };
    const keep: Keep = (from, to) => {
      texts.push(this.text.slice(from, to));
      for (let unit = from; unit < to; unit++) ranges.push(this.#start(unit), this.#end(unit));
    };
    write(add, keep);
    return new AlignedText(texts.join(''), this.#origin, ranges.starts, ranges.ends);
  }

  #start(unit: number): number {
    return this.#starts ? this.#starts[unit]! : this.#origin + unit;
  }

  #end(unit: number): number {
    return this.#ends ? this.#ends[unit]! : this.#origin + unit + 1;
  }
}

/** Maximum length of a normalized text: a damaged file could replace every character with a thousand others. */
const LONGEST = 2 ** 26;

function tooLong(length: number): SequiturError {
  return new SequiturError({
    where: 'normalizing a text',
    expected: `at most ${LONGEST} characters of it`,
    got: `more, of ${length}`,
    fix: 'Tokenize the text in parts',
  });
}

type Add = (text: string, from: number, to: number) => void;
type Keep = (from: number, to: number) => void;

/** Growing lists of starts and ends. */
class Ranges {
  #starts: Int32Array;
  #ends: Int32Array;
  #size = 0;

  constructor(expected: number) {
    this.#starts = new Int32Array(expected + 8);
    this.#ends = new Int32Array(expected + 8);
  }

  get starts(): Int32Array {
    return this.#starts.subarray(0, this.#size);
  }

  get ends(): Int32Array {
    return this.#ends.subarray(0, this.#size);
  }

  push(start: number, end: number): void {
    if (this.#size === this.#starts.length) {
      [this.#starts, this.#ends] = [this.#starts, this.#ends].map((old) => {
        const grown = new Int32Array(2 * old.length);
        grown.set(old);
        return grown;
      }) as [Int32Array, Int32Array];
    }
    this.#starts[this.#size] = start;
    this.#ends[this.#size++] = end;
  }
}
