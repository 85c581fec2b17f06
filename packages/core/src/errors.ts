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

  constructor(problem: Problem, options?: ErrorOptions) {
    super(describe(problem), options);
    this.problem = problem;
  }
}

function describe({ where, expected, got, fix }: Problem): string {
  const sentence = `${where}: expected ${expected}, got ${got}.`;
  return fix ? `${sentence} ${fix}.` : sentence;
}
