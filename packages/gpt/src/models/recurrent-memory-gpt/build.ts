import { Gpt } from '../../gpt.js';
import type { RecurrentMemoryGptConfig } from './config.js';

/** Builds the GPT that reads the segments. */
export function buildRecurrentMemoryGpt({ family, base }: RecurrentMemoryGptConfig): Gpt {
  return new Gpt(base, { family });
}
