import type { CausalFamily, SegmentAlignment } from '@sequitur/transformer';
import type { GptConfig } from '../gpt-family.js';

/** The config of a GPT of any family with memory tokens around each segment (Bulatov et al. 2022). */
export interface RecurrentMemoryGptConfig {
  readonly base: GptConfig;
  /** The family of the GPT. */
  readonly family: CausalFamily<GptConfig>;
  readonly memoryTokens: number;
  readonly segmentLength: number;
  /** Which segment is shorter where the length is not a multiple of the segment length; default the last. */
  readonly alignment?: SegmentAlignment;
}
