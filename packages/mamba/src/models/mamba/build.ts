import { MambaMixer } from '@sequitur/ssm';
import type { LanguageModelParts } from '@sequitur/transformer';
import { stackOf } from '../../checkpoints/stack.js';
import { type MambaConfig, resolveMamba } from './config.js';

/** The parts of a Mamba language model, in the order in which a token meets them. */
export function mambaParts(config: MambaConfig): LanguageModelParts {
  const resolved = resolveMamba(config);
  return stackOf(resolved, (outputScale) => new MambaMixer({ ...resolved, outputScale }));
}
