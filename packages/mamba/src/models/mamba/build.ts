import { MambaMixer } from '@sequitur/ssm';
import type { LanguageModelParts } from '@sequitur/transformer';
import { buildStack } from '../build-stack.js';
import { type MambaConfig, resolveMamba } from './config.js';

/** The parts of a Mamba language model, from embedding to head. */
export function buildMamba(config: MambaConfig): LanguageModelParts {
  const resolved = resolveMamba(config);
  const { selectionEpsilon: epsilon } = resolved;
  const selectionNorm = epsilon === undefined ? undefined : { epsilon, weighted: false };
  return buildStack(resolved, (outputScale) => new MambaMixer({ ...resolved, selectionNorm, outputScale }));
}
