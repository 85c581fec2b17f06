import { defineOp } from '@sequitur/core';
import { onWebGpu } from '../on-webgpu.js';
import { backwardCpu } from './cpu/index.js';
import type { ResolvedOptions } from './options.js';
import { gradientByBlocks } from './reference/index.js';
import { backwardWasm } from './wasm/index.js';

const GRADIENTS = ['query', 'key', 'value', 'bias', 'relative'] as const;

/** The inputs that get gradients, in the order of the kernels' outputs. */
export function gradientsOf(names: readonly string[], { biasGradient }: ResolvedOptions): readonly string[] {
  return GRADIENTS.filter((input) => names.includes(input) && (input !== 'bias' || biasGradient));
}

/** {the inputs, output, logSumExp, dy, dlogSumExp} -> the gradients of those of GRADIENTS that are given, in order. */
export const attentionGradient = defineOp<ResolvedOptions>({
  name: 'SequiturAttentionGradient',
  reference: (given, options) => gradientByBlocks(given, options),
  kernels: { cpu: backwardCpu, wasm: backwardWasm, webgpu: onWebGpu(({ backwardWebGpu }) => backwardWebGpu) },
});
