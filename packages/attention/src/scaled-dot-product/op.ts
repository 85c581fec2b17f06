import { defineOp, type Op, type OpInputs } from '@sequitur/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { backwardCpu, forwardCpu } from './cpu/index.js';
import type { ResolvedOptions } from './options.js';
import { gradientByBlocks, referenceByBlocks } from './reference-by-blocks.js';
import { backwardWasm, forwardWasm } from './wasm.js';
import { backwardWebGpu, forwardWebGpu } from './webgpu/index.js';

const GRADIENTS = ['query', 'key', 'value', 'bias', 'relative'] as const;

const ops = new Map<string, Op<ResolvedOptions>>();

/**
 * {query, key, value, attentionMask?, bias?, relative?} -> [output, logSumExp]. Each set of inputs has a separate op,
 * since gradients of tfjs need to know which tensors exist.
 */
export function runAttention(inputs: OpInputs, options: ResolvedOptions): Tensor[] {
  const names = Object.keys(inputs);
  const extras = names.slice(3).map((name) => name[0]!.toUpperCase() + name.slice(1));
  const name = ['SequiturAttention', ...extras].join('With');
  let op = ops.get(name);
  if (!op) {
    op = define(name, names);
    ops.set(name, op);
  }
  return op(inputs, options);
}

/** The inputs that get gradients, in the order of the kernels' outputs. */
function gradientsOf(names: readonly string[], { biasGradient }: ResolvedOptions): readonly string[] {
  return GRADIENTS.filter((input) => names.includes(input) && (input !== 'bias' || biasGradient));
}

function define(name: string, names: readonly string[]): Op<ResolvedOptions> {
  return defineOp<ResolvedOptions>({
    name,
    reference: (inputs, options) => referenceByBlocks(inputs, options),
    gradient: {
      inputsToSave: names,
      outputsToSave: [true, true],
      of: ([dy, dlogSumExp], saved, options) => {
        const [output, logSumExp] = saved.slice(-2) as [Tensor, Tensor];
        const given = Object.fromEntries(names.map((input, index) => [input, saved[index]!]));
        const all = { ...given, output, logSumExp, dy: dy!, dlogSumExp: dlogSumExp! };
        const gradients = attentionGradient(all, options);
        const present = gradientsOf(names, options);
        return Object.fromEntries(present.map((input, index) => [input, () => gradients[index]!]));
      },
    },
    kernels: { cpu: forwardCpu, wasm: forwardWasm, webgpu: forwardWebGpu },
  });
}

/** {the inputs, output, logSumExp, dy, dlogSumExp} -> the gradients of those of GRADIENTS that are given, in order. */
const attentionGradient = defineOp<ResolvedOptions>({
  name: 'SequiturAttentionGradient',
  reference: (given, options) => gradientByBlocks(given, options),
  kernels: { cpu: backwardCpu, wasm: backwardWasm, webgpu: backwardWebGpu },
});
