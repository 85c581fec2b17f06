import type { Architecture, Cost } from '@sequitur/core';
import { languageModelCost } from '@sequitur/transformer';
import { type MambaConfig, mambaPresets, resolveMamba } from './config.js';
import { Mamba } from './model.js';

/** Mamba as a value, for lists that compare architectures. */
export const mambaArchitecture: Architecture<MambaConfig, 'causal'> = {
  name: 'mamba',
  kind: 'causal',
  presets: mambaPresets,
  create: (config) => new Mamba(config),
  cost: mambaCost,
};

function mambaCost(config: MambaConfig, length: number): Cost {
  const resolved = resolveMamba(config);
  const { vocabularySize, width, depth, innerWidth, stateSize, kernelSize, stepRank, bias, tied } = resolved;
  const products = 3 * width * innerWidth + innerWidth * (stepRank + 2 * stateSize) + stepRank * innerWidth;
  const biases = (bias ? 2 * innerWidth + width : 0) + (resolved.convolutionBias ? innerWidth : 0);
  const mixer = products + biases + innerWidth * (kernelSize + stateSize + 2);
  return {
    parameters: vocabularySize * width * (tied ? 1 : 2) + depth * (mixer + width) + width,
    flops: languageModelCost(new Mamba(config), length).flops,
    stateBytes: depth * innerWidth * (kernelSize - 1 + stateSize) * 4,
  };
}
