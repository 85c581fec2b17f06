import { defineOp } from '../define-op.js';
import { onWebGpu } from '../on-webgpu.js';
import { softmaxCrossEntropyGradientCpu } from './cpu.js';
import { type SoftmaxCrossEntropyAttributes, softmaxCrossEntropyGradientReference } from './reference.js';
import { softmaxCrossEntropyGradientWasm } from './wasm.js';

/** {logits, labels, normalisers, dlosses} -> [dlogits]. */
export const softmaxCrossEntropyGradient = defineOp<SoftmaxCrossEntropyAttributes>({
  name: 'SequiturSoftmaxCrossEntropyGradient',
  reference: ({ logits, labels, normalisers, dlosses }, attributes) => [
    softmaxCrossEntropyGradientReference(logits!, labels!, normalisers!, dlosses!, attributes),
  ],
  kernels: {
    cpu: softmaxCrossEntropyGradientCpu,
    wasm: softmaxCrossEntropyGradientWasm,
    webgpu: onWebGpu(({ softmaxCrossEntropyGradientWebGpu }) => softmaxCrossEntropyGradientWebGpu),
  },
});
