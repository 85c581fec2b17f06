/** What went wrong, said so that the reader can mend it. Each part is a phrase without a full stop. */
export interface Problem {
  /** The operation, layer, file or attribute that noticed. */
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  /** What the user can do about it. */
  readonly fix?: string;
}

/** The one error that Sequitur throws on bad input: where, what was expected, what came, and the fix. */
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
