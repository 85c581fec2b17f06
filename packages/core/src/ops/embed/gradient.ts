import { defineOp } from '../define-op.js';
import { onWebGpu } from '../on-webgpu.js';
import { embedGradientCpu } from './cpu.js';
import { type EmbedGradientAttributes, embedGradientReference } from './reference.js';
import { embedGradientWasm } from './wasm.js';

/** {dy, ids} -> [dtable]; tfjs's wasm backend has no segment sum, without which embeddings could not be trained. */
export const embedGradient = defineOp<EmbedGradientAttributes>({
  name: 'SequiturEmbedGradient',
  reference: ({ dy, ids }, { padding, vocabularySize }) => [embedGradientReference(dy!, ids!, vocabularySize, padding)],
  kernels: {
    cpu: embedGradientCpu,
    wasm: embedGradientWasm,
    webgpu: onWebGpu(({ embedGradientWebGpu }) => embedGradientWebGpu),
  },
});
