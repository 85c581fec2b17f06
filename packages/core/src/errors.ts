import { shorten } from './options/show-value.js';

/** The parts of an error message, each a phrase without a full stop. */
export interface Problem {
  /** The operation, layer, file or attribute that reports the error. */
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  /** How the user can fix it. */
  readonly fix?: string;
}

/** The error that Sequitur throws on invalid input: where, what was expected, what was given, and the fix. */
export class SequiturError extends Error {
  override readonly name: string = 'SequiturError';
  readonly problem: Problem;

  /** Long parts are shortened: names and values may come from files, and a message stays below 4,000 characters. */
  constructor({ where, expected, got, fix }: Problem, options?: ErrorOptions) {
    const problem: Problem = {
      where: shorten(String(where), MOST.where),
      expected: shorten(String(expected), MOST.expected),
      got: shorten(String(got), MOST.got),
      ...(fix && { fix: shorten(fix, MOST.fix) }),
    };
    super(describe(problem), options);
    this.problem = problem;
  }
}

/** Characters of each part. */
const MOST = { where: 600, expected: 1100, got: 1100, fix: 700 };

function describe({ where, expected, got, fix }: Problem): string {
  const sentence = `${where}: expected ${expected}, got ${got}.`;
  return fix ? `${sentence} ${fix}.` : sentence;
}
