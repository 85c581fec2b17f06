import { MambaMixer } from '@sequitur/ssm';
import type { LanguageModelParts } from '@sequitur/transformer';
import { stackOf } from '../../checkpoints/stack.js';
import { type MambaConfig, settleMamba } from './config.js';

/** The parts of a Mamba language model, in the order in which a token meets them. */
export function mambaParts(config: MambaConfig): LanguageModelParts {
  const settled = settleMamba(config);
  return stackOf(settled, (outputScale) => new MambaMixer({ ...settled, outputScale }));
}
