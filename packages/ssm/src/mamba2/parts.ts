import type { LanguageModelParts } from '@sequitur/transformer';
import { stackOf } from '../checkpoints/stack.js';
import { type Mamba2Config, settleMamba2 } from './config.js';
import { Mamba2Mixer } from './mixer.js';

/** The parts of a Mamba-2 language model, in the order in which a token meets them. */
export function mamba2Parts(config: Mamba2Config): LanguageModelParts {
  const settled = settleMamba2(config);
  return stackOf(settled, (outputScale) => new Mamba2Mixer({ ...settled, outputScale }));
}
