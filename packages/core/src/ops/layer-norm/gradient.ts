import { defineOp } from '../define-op.js';
import { onWebGpu } from '../on-webgpu.js';
import { layerNormGradientCpu } from './cpu.js';
import { type LayerNormAttributes, layerNormGradientReference } from './reference.js';
import { layerNormGradientWasm } from './wasm.js';

/** The gradient of `layerNormReference`: {x, weight, dy} -> [dx, dweight, dbias]. */
export const layerNormGradient = defineOp<LayerNormAttributes>({
  name: 'SequiturLayerNormGradient',
  reference: ({ x, weight, dy }, { epsilon }) => layerNormGradientReference(x!, weight!, dy!, epsilon),
  kernels: {
    cpu: layerNormGradientCpu,
    wasm: layerNormGradientWasm,
    webgpu: onWebGpu(({ layerNormGradientWebGpu }) => layerNormGradientWebGpu),
  },
});
