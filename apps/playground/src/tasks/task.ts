/** Where tasks draw from: `Random` of the packages, or anything like it. */
export interface Chance {
  integer(bound: number): number;
  uniform(): number;
  shuffle<T>(items: T[]): T[];
}

/** One example: what is read, and at the places that are asked what is right; -100 elsewhere. */
export interface Example {
  readonly inputs: readonly number[];
  readonly labels: readonly number[];
  /** Of each asked place in order: where it stands in the answer, or how far back the answer lies. */
  readonly places: readonly number[];
}

export interface Task {
  readonly id: string;
  readonly name: string;
  /** One sentence: what is shown and what is asked. */
  readonly says: string;
  /** How a token is written; its length is the size of the vocabulary. */
  readonly symbols: readonly string[];
  /** How often a guess is right. */
  readonly chance: number;
  /** What size means, and what is usual. */
  readonly size: {
    readonly label: string;
    readonly default: number;
    readonly minimum: number;
    readonly maximum: number;
  };
  /** What `places` counts. */
  readonly placeLabel: string;
  draw(chance: Chance, size: number): Example;
}

/** What no loss and no score looks at. */
export const NOT_ASKED = -100;

export const letters: readonly string[] = [...'abcdefghijklmnopqrstuvwxyz'];
export const digits: readonly string[] = [...'0123456789'];

/** A prompt and its answer as one sequence, each token foretelling the next; only the answer is asked. */
export function answered(prompt: readonly number[], answer: readonly number[]): Example {
  const all = [...prompt, ...answer];
  return {
    inputs: all.slice(0, -1),
    labels: all.slice(1).map((token, index) => (index + 1 < prompt.length ? NOT_ASKED : token)),
    places: answer.map((_, index) => index + 1),
  };
}

export function drawn(chance: Chance, count: number, bound: number): number[] {
  return Array.from({ length: count }, () => chance.integer(bound));
}
