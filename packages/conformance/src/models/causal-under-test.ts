import type { CausalModel, Checkpoint, ConfigReader, WeightRule } from '@sequitur/core';

/** A causal model with what is needed to compare it with its Hugging Face class. */
export interface CausalUnderTest {
  readonly model: CausalModel;
  /** The class has no head: its output is the last hidden state. */
  readonly headless: boolean;
  readonly rules: readonly WeightRule[];
  /** Our observation -> the name of the Hugging Face output, or null where it has none. */
  outputName(observed: string): string | null;
}

/** How a `model_type` of config.json is opened; null where its class is not supported. */
export interface ModelFamily {
  readonly modelType: string;
  open(config: ConfigReader, architectures: readonly string[], checkpoint: Checkpoint): Promise<CausalUnderTest | null>;
}
