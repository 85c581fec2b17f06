import type { CausalFamily, SegmentAlignment } from '@sequitur/transformer';
import type { GptConfig } from '../gpt-family.js';

/** A GPT of any family, and the memory around it. */
export interface RecurrentMemoryGptConfig {
  readonly base: GptConfig;
  /** The family of the GPT. */
  readonly family: CausalFamily<GptConfig>;
  readonly memoryTokens: number;
  readonly segmentLength: number;
  /** Which segment is shorter where the length is not a multiple of the segment length; default the last. */
  readonly alignment?: SegmentAlignment;
}
