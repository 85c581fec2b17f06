import { NoPositionalEncoding } from '@sequitur/attention';
import { MambaMixer } from '@sequitur/ssm';
import type { LanguageModelParts } from '@sequitur/transformer';
import { balanceOf, expertsOf } from '../expert-layers.js';
import { buildLlamaLike } from '../llama/build.js';
import type { JambaConfig } from './config.js';

/** The parts of a Jamba: Mamba layers, and attention layers without positions. */
export function buildJamba(config: JambaConfig): LanguageModelParts {
  const { attends, sparse, hiddenWidth } = config;
  const positions = new NoPositionalEncoding();
  return buildLlamaLike(config, {
    positions: () => positions,
    mixer: (layer) => (attends[layer] ? undefined : mambaOf(config)),
    feedForward: (layer) => (sparse[layer] ? expertsOf(config, { hiddenWidth, normalised: false }) : undefined),
    balance: balanceOf(config),
  });
}

function mambaOf(config: JambaConfig): MambaMixer {
  const { width, depth, innerWidth = 2 * width, stateSize = 16, kernelSize = 4, normEpsilon = 1e-6 } = config;
  const { stepRank = Math.ceil(width / 16), projectionBias: bias = false, convolutionBias = true } = config;
  return new MambaMixer({
    ...{ width, innerWidth, stateSize, kernelSize, stepRank, bias, convolutionBias },
    activation: config.activation ?? 'silu',
    selectionNorm: { epsilon: normEpsilon, weighted: true },
    outputScale: 1 / Math.sqrt(depth),
  });
}
