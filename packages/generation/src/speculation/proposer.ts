/** Tokens that may come next. */
export interface Proposal {
  readonly tokens: readonly number[];
  /** For each token the distribution that it was drawn from; absent where a token is proposed with certainty. */
  readonly distributions?: readonly Float64Array[];
}

/** Guesses how a text goes on. */
export interface Proposer {
  /**
   * @param text prompt and generated tokens
   * @param count most tokens to propose
   */
  propose(text: readonly number[], count: number): Promise<Proposal>;
  dispose(): void;
}
