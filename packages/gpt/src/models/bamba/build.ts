import type { LanguageModelParts } from '@sequitur/transformer';
import { buildLlamaLike } from '../llama/build.js';
import { mamba2Mixer } from '../mamba2-layers.js';
import type { BambaConfig } from './config.js';

/** The parts of a Bamba: attention in some layers, Mamba-2 in the others. */
export function buildBamba(config: BambaConfig): LanguageModelParts {
  const { attentionBias: bias = false, feedForwardBias = false } = config;
  return buildLlamaLike(config, {
    ...{ inputBias: bias, outputBias: bias, feedForwardBias },
    mixer: (layer) => (config.attends[layer] ? undefined : mamba2Mixer(config)),
  });
}
