import { checkArgument, option } from './options/index.js';

/**
 * A seeded random generator that can be forked by name, so that the draws of one part do not depend on other parts or
 * their order.
 *
 * The generator is xoshiro128** (Blackman and Vigna 2021, "Scrambled linear pseudorandom number generators", ACM TOMS
 * 47:4); seeds and fork names are spread over its 128 bits with the finaliser of MurmurHash3. Not for cryptography.
 */
export class Random {
  readonly #key: Words;
  readonly #words: Words;

  private constructor(key: Words, words: Words) {
    this.#key = key;
    this.#words = words;
  }

  /** @param seed a finite number or a string; equal seeds give equal streams on every machine. */
  static fromSeed(seed: number | string): Random {
    checkArgument('the seed', option.seed, seed);
    return Random.#fromKey(hash([0, 0, 0, 0], typeof seed === 'number' ? `#${seed}` : seed));
  }

  static #fromKey(key: Words): Random {
    return new Random(key, [...key]);
  }

  /** Continues from {@link state}. */
  static fromState(state: RandomState): Random {
    return new Random([...state.key], [...state.words]);
  }

  /** The state of the generator, as plain JSON. */
  get state(): RandomState {
    return { key: [...this.#key], words: [...this.#words] };
  }

  /** A separate stream for `name`: depends on the seed and the names on the path, not on earlier draws. */
  fork(name: string | number): Random {
    return Random.#fromKey(hash(this.#key, String(name)));
  }

  /** An integer in [0, 2^32). */
  next(): number {
    const s = this.#words;
    const result = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotateLeft(s[3], 11);
    return result;
  }

  /** A number in [0, 1) with 53 random bits. */
  uniform(): number {
    return ((this.next() >>> 5) * 2 ** 26 + (this.next() >>> 6)) / 2 ** 53;
  }

  /** An integer in [0, bound), every value equally likely; `bound` at most 2^32. */
  integer(bound: number): number {
    const reject = 2 ** 32 % bound; // rejects the lowest draws, which would favour small values: Lemire 2019, section 3
    let draw = this.next();
    while (draw < reject) draw = this.next();
    return draw % bound;
  }

  /** A draw from the standard normal distribution (Box and Muller 1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Shuffles `items` in place (Fisher and Yates). */
  shuffle<T>(items: T[]): T[] {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      [items[last], items[other]] = [items[other]!, items[last]!];
    }
    return items;
  }
}

type Words = [number, number, number, number];

export interface RandomState {
  readonly key: Readonly<Words>;
  readonly words: Readonly<Words>;
}

function rotateLeft(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

/** Mixes `text` into `key`; each of the four lanes starts from a different constant. */
function hash(key: Words, text: string): Words {
  const words = key.map((lane, index) => {
    let h = mix(lane ^ Math.imul(index + 1, 0x9e3779b9));
    for (const character of text) h = mix(h ^ Math.imul(character.codePointAt(0)! + 1, 0x85ebca6b));
    return mix(h ^ text.length);
  }) as Words;
  if (words.every((word) => word === 0)) words[0] = 1; // the all-zero state is the generator's one fixed point
  return words;
}

/** The finaliser of MurmurHash3 (Appleby 2011): every input bit flips every output bit with probability one half. */
function mix(x: number): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
