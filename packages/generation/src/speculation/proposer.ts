/** Proposed next tokens. */
export interface Proposal {
  readonly tokens: readonly number[];
  /** The distribution that each token was sampled from; absent where tokens are proposed deterministically. */
  readonly distributions?: readonly Float64Array[];
}

/** Proposes a continuation of a sequence. */
export interface Proposer {
  /**
   * Proposes the next tokens.
   *
   * @param sequence prompt and generated tokens
   * @param count maximum number of proposed tokens
   */
  propose(sequence: readonly number[], count: number): Promise<Proposal>;
  dispose(): void;
}
