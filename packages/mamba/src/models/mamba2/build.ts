import { Mamba2Mixer } from '@sequitur/ssm';
import type { LanguageModelParts } from '@sequitur/transformer';
import { buildStack } from '../build-stack.js';
import { type Mamba2Config, resolveMamba2 } from './config.js';

/** The parts of a Mamba-2 language model, from embedding to head. */
export function buildMamba2(config: Mamba2Config): LanguageModelParts {
  const resolved = resolveMamba2(config);
  return buildStack(resolved, (outputScale) => new Mamba2Mixer({ ...resolved, outputScale }));
}
