import type { Architecture, Cost } from '@sequitur/core';
import { languageModelCost } from '@sequitur/transformer';
import { type Mamba2Config, mamba2Presets, resolveMamba2 } from './config.js';
import { Mamba2 } from './model.js';

/** Mamba-2 as a value, for lists that compare architectures. */
export const mamba2Architecture: Architecture<Mamba2Config, 'causal'> = {
  name: 'mamba2',
  kind: 'causal',
  presets: mamba2Presets,
  create: (config) => new Mamba2(config),
  cost: mamba2Cost,
};

function mamba2Cost(config: Mamba2Config, length: number): Cost {
  const resolved = resolveMamba2(config);
  const { vocabularySize, width, depth, innerWidth, stateSize, groups, heads, kernelSize, tied } = resolved;
  const channels = innerWidth + 2 * groups * stateSize;
  const projected = innerWidth + channels + heads;
  const biases = (resolved.bias ? projected + width : 0) + (resolved.convolutionBias ? channels : 0);
  const mixer = width * projected + kernelSize * channels + 3 * heads + innerWidth + innerWidth * width + biases;
  return {
    parameters: vocabularySize * width * (tied ? 1 : 2) + depth * (mixer + width) + width,
    flops: languageModelCost(new Mamba2(config), length).flops,
    stateBytes: depth * ((kernelSize - 1) * channels + innerWidth * stateSize) * 4,
  };
}
