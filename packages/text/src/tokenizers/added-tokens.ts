import type { AlignedText } from './aligned-text.js';
import { Literals } from './literals.js';
import { trimEnd, trimStart } from './white-space.js';

/** An added token, which is matched in the text before pre-tokenization. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Whether decoding can skip it (`skipSpecialTokens`). */
  readonly special: boolean;
  /** Whether it includes white space to its left (right). */
  readonly stripLeft?: boolean | undefined;
  readonly stripRight?: boolean | undefined;
  /** Whether it matches only where no letter, digit or underscore is adjacent. */
  readonly singleWord?: boolean | undefined;
  /** Whether it is matched in the normalized text; else in the original text. */
  readonly normalized?: boolean | undefined;
}

export type Stretch = { readonly text: AlignedText; readonly token: AddedToken | null };

/** Finds added tokens in a text, from left to right, the longest one at each position. */
export class AddedTokenSplitter {
  readonly #byContent: ReadonlyMap<string, AddedToken>;
  readonly #contents: Literals;

  constructor(tokens: readonly AddedToken[]) {
    this.#byContent = new Map(tokens.map((token) => [token.content, token]));
    this.#contents = new Literals(this.#byContent.keys());
  }

  split(text: AlignedText): Stretch[] {
    const stretches: Stretch[] = [];
    let done = 0;
    for (const match of this.#contents.matches(text.text)) {
      const token = this.#byContent.get(match.literal)!;
      let from = match.from;
      let to = from + match.literal.length;
      if (from < done || (token.singleWord && touchesWord(text.text, from, to))) continue;
      if (token.stripLeft) from = Math.max(done, trimEnd(text.text.slice(0, from)).length);
      if (token.stripRight) to = text.length - trimStart(text.text.slice(to)).length;
      if (from > done) stretches.push({ text: text.slice(done, from), token: null });
      stretches.push({ text: text.slice(match.from, match.from + match.literal.length), token });
      done = to;
    }
    if (done < text.length || stretches.length === 0)
      stretches.push({ text: text.slice(done, text.length), token: null });
    return stretches;
  }
}

export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

function touchesWord(text: string, from: number, to: number): boolean {
  return (
    /[\p{L}\p{N}_]$/u.test(text.slice(Math.max(0, from - 2), from)) || /^[\p{L}\p{N}_]/u.test(text.slice(to, to + 2))
  );
}
