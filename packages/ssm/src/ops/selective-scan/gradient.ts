import { defineOp } from '@sequitur/core';
import { onWebGpu } from '../on-webgpu.js';
import { scanGradientCpu } from './cpu.js';
import { selectiveScanGradientReference } from './reference.js';
import { type ScanAttributes, tensorsOf } from './tensors.js';
import { scanGradientWasm } from './wasm/index.js';

/** {the tensors of a scan, between, dy, dFinal} -> the gradients in the order of `SCAN_INPUTS`. */
export const scanGradient = defineOp<ScanAttributes>({
  name: 'SequiturSelectiveScanGradient',
  reference: ({ dy, dFinal, ...tensors }, attributes) =>
    selectiveScanGradientReference(tensorsOf(tensors), dy!, dFinal!, attributes),
  kernels: {
    cpu: scanGradientCpu,
    wasm: scanGradientWasm,
    webgpu: onWebGpu(({ scanGradientWebGpu }) => scanGradientWebGpu),
  },
});
