import { Mamba2Mixer } from '@sequitur/ssm';
import type { LanguageModelParts } from '@sequitur/transformer';
import { stackOf } from '../../checkpoints/stack.js';
import { type Mamba2Config, resolveMamba2 } from './config.js';

/** The parts of a Mamba-2 language model, in the order in which a token meets them. */
export function mamba2Parts(config: Mamba2Config): LanguageModelParts {
  const resolved = resolveMamba2(config);
  return stackOf(resolved, (outputScale) => new Mamba2Mixer({ ...resolved, outputScale }));
}
