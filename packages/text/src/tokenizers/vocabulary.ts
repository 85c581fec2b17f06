import { SequiturError, showValue } from '@sequitur/core';

/** A vocabulary: tokens by id and ids by token. */
export class Vocabulary {
  readonly #ids: ReadonlyMap<string, number>;
  readonly #tokens: (string | undefined)[];

  /** @throws SequiturError where an id is not a non-negative integer, or too large for a valid file */
  constructor(ids: ReadonlyMap<string, number>, where = 'vocabulary') {
    this.#ids = ids;
    this.#tokens = [];
    for (const [token, id] of ids) {
      if (!Number.isInteger(id) || id < 0 || id > 2 ** 24) {
        throw new SequiturError({
          where,
          expected: 'ids from 0 to 16,777,216',
          got: `${showValue(id)} for ${showValue(token)}`,
        });
      }
      this.#tokens[id] = token;
    }
  }

  /** The vocabulary of a list: ids are indices; of equal tokens the last one counts. */
  static ofList(tokens: readonly string[], where?: string): Vocabulary {
    return new Vocabulary(new Map(tokens.map((token, id) => [token, id])), where);
  }

  /** Size of the vocabulary; ids are smaller. */
  get size(): number {
    return this.#tokens.length;
  }

  idOf(token: string): number | undefined {
    return this.#ids.get(token);
  }

  tokenOf(id: number): string | undefined {
    return this.#tokens[id];
  }

  entries(): IterableIterator<[string, number]> {
    return this.#ids.entries();
  }
}
