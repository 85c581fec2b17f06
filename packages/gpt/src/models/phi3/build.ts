import type { LanguageModelParts } from '@sequitur/transformer';
import { buildMistral } from '../mistral/build.js';
import type { Phi3Config } from './config.js';

/** The parts of a Phi-3: those of a Mistral. */
export function buildPhi3(config: Phi3Config): LanguageModelParts {
  return buildMistral(config, { residualDropout: config.residualDropout });
}
