/** A set of strings as a trie over UTF-16 code units: search time does not depend on their count. */
export class Literals {
  readonly #children: Map<number, number>[] = [new Map()];
  /** Whether a string of the set ends at a node. */
  readonly #isEnd: boolean[] = [false];
  /** Code units at which strings of the set begin. */
  readonly #begins = new Uint8Array(2 ** 16);

  constructor(texts: Iterable<string>) {
    for (const text of texts) if (text !== '') this.#add(text);
  }

  get isEmpty(): boolean {
    return this.#children.length === 1;
  }

  /** The longest string of the set at position `at`, or null. */
  longestAt(text: string, at: number): string | null {
    if (this.#begins[text.charCodeAt(at)] !== 1) return null;
    let node: number | undefined = 0;
    let end = at;
    for (let unit = at; unit < text.length; unit++) {
      node = this.#children[node]!.get(text.charCodeAt(unit));
      if (node === undefined) break;
      if (this.#isEnd[node]) end = unit + 1;
    }
    return end > at ? text.slice(at, end) : null;
  }

  /** All matches from left to right, the longest at each position, without overlap. */
  *matches(text: string): Generator<{ readonly from: number; readonly literal: string }> {
    if (this.isEmpty) return;
    for (let at = 0; at < text.length; at++) {
      const literal = this.longestAt(text, at);
      if (literal === null) continue;
      yield { from: at, literal };
      at += literal.length - 1;
    }
  }

  #add(text: string): void {
    this.#begins[text.charCodeAt(0)] = 1;
    let node = 0;
    for (let unit = 0; unit < text.length; unit++) {
      const code = text.charCodeAt(unit);
      let child = this.#children[node]!.get(code);
      if (child === undefined) {
        child = this.#children.push(new Map()) - 1;
        this.#isEnd.push(false);
        this.#children[node]!.set(code, child);
      }
      node = child;
    }
    this.#isEnd[node] = true;
  }
}
