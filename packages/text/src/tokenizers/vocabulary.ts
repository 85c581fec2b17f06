import { SequiturError, showValue } from '@sequitur/core';

/** Tokens by id and ids by token. */
export class Vocabulary {
  readonly #ids: ReadonlyMap<string, number>;
  readonly #tokens: (string | undefined)[];

  /** @throws SequiturError where an id is no integer of at least 0, or absurdly large, as a damaged file has them */
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

  /** A token's id is its place; of equal tokens the last counts. */
  static ofList(tokens: readonly string[], where?: string): Vocabulary {
    return new Vocabulary(new Map(tokens.map((token, id) => [token, id])), where);
  }

  /** Ids are below this. */
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
