import type { LanguageModelParts } from '@sequitur/transformer';
import { balanceOf, expertsOf } from '../expert-layers.js';
import { buildMistral } from '../mistral/build.js';
import type { MixtralConfig } from './config.js';

/** The parts of a Mixtral: a Mistral with experts in place of each feed-forward. */
export function buildMixtral(config: MixtralConfig): LanguageModelParts {
  const { hiddenWidth } = config;
  return buildMistral(config, { feedForward: () => expertsOf(config, { hiddenWidth }), balance: balanceOf(config) });
}
