import type { Architecture, Cost } from '@sequitur/core';
import { type Mamba2Config, mamba2Presets, settleMamba2 } from './config.js';
import { Mamba2 } from './model.js';

/** Mamba-2 as a value, for lists that compare architectures. */
export const mamba2Architecture: Architecture<Mamba2Config, 'causal'> = {
  name: 'mamba2',
  kind: 'causal',
  presets: mamba2Presets,
  create: (config) => new Mamba2(config),
  cost: mamba2Cost,
};

/** Counts products: those of the projections, and those inside and between chunks. */
function mamba2Cost(config: Mamba2Config, length: number): Cost {
  const settled = settleMamba2(config);
  const { vocabularySize, width, depth, innerWidth, stateSize, groups, heads, headSize, kernelSize, tied } = settled;
  const channels = innerWidth + 2 * groups * stateSize;
  const projected = innerWidth + channels + heads;
  const biases = (settled.bias ? projected + width : 0) + (settled.convolutionBias ? channels : 0);
  const mixer = width * projected + kernelSize * channels + 3 * heads + innerWidth + innerWidth * width + biases;
  const chunk = Math.min(settled.chunk, length);
  const scan = heads * (chunk * (stateSize + headSize) + 2 * headSize * stateSize);
  const perToken = depth * (width * (projected + innerWidth) + kernelSize * channels + scan) + vocabularySize * width;
  return {
    parameters: vocabularySize * width * (tied ? 1 : 2) + depth * (mixer + width) + width,
    flops: 2 * length * perToken,
    stateBytes: depth * ((kernelSize - 1) * channels + innerWidth * stateSize) * 4,
  };
}
