/** The config of a language model of S4D mixers, with tied embeddings. */
export interface S4dConfig {
  readonly vocabularySize: number;
  readonly width: number;
  readonly depth: number;
  /** N, state size per channel, complex ones counted twice; default 64. */
  readonly stateSize?: number;
}

/** A character model with about as many parameters as the one of GPT-2. */
export const s4dPresets: Readonly<Record<string, S4dConfig>> = {
  character: { vocabularySize: 128, width: 192, depth: 8 },
};
