/** A random generator: core's `Random`, or a compatible one. */
export interface Chance {
  integer(bound: number): number;
  uniform(): number;
  shuffle<T>(items: T[]): T[];
}

/** One example: input ids, and labels at the positions to predict; -100 elsewhere. */
export interface Example {
  readonly inputs: readonly number[];
  readonly labels: readonly number[];
  /** For each labelled position: its index in the answer, or the distance to the answer. */
  readonly places: readonly number[];
}

export interface Task {
  readonly id: string;
  readonly name: string;
  /** Description in one sentence. */
  readonly says: string;
  /** The symbol of each token. */
  readonly symbols: readonly string[];
  /** Accuracy at chance level. */
  readonly chance: number;
  /** Meaning and default of the size. */
  readonly size: {
    readonly label: string;
    readonly default: number;
    readonly minimum: number;
    readonly maximum: number;
  };
  /** Label of `places`. */
  readonly placeLabel: string;
  draw(chance: Chance, size: number): Example;
}

/** Ignored label. */
export const NOT_ASKED = -100;

export const letters: readonly string[] = [...'abcdefghijklmnopqrstuvwxyz'];
export const digits: readonly string[] = [...'0123456789'];

/** A prompt and its answer as one example of next-token prediction, with labels for the answer. */
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
