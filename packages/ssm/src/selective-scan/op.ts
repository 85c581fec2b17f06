import { defineOp, type OpInputs } from '@sequitur/core';
import { type Tensor, zeros } from '@tensorflow/tfjs-core';
import { scanCpu } from './cpu.js';
import { scanGradientCpu } from './gradient-cpu.js';
import { selectiveScanGradientReference } from './gradient-reference.js';
import { scanGradientWebGpu } from './gradient-webgpu.js';
import { selectiveScanReference } from './reference.js';
import { SCAN_INPUTS, type ScanAttributes, type ScanTensors } from './tensors.js';
import { scanGradientWasm, scanWasm } from './wasm.js';
import { scanWebGpu } from './webgpu.js';

/** {x, stepSize, ..., initialState} -> [y, the last state, what the backward starts its chunks from]. */
export const scanOp = define('SequiturSelectiveScan', SCAN_INPUTS);
/** The same with `resets`. */
export const packedScanOp = define('SequiturPackedSelectiveScan', [...SCAN_INPUTS, 'resets']);

function define(name: string, inputs: readonly string[]) {
  return defineOp<ScanAttributes>({
    name,
    reference: (given, attributes) => [...selectiveScanReference(tensorsOf(given), attributes), zeros([0])],
    gradient: {
      inputsToSave: inputs,
      outputsToSave: [false, false, true],
      of: ([dy, dFinal], saved, attributes) => {
        const given = Object.fromEntries(inputs.map((input, index) => [input, saved[index]!]));
        const between = saved.at(-1)!;
        const gradients = scanGradient({ ...given, between, dy: dy!, dFinal: dFinal! }, attributes);
        return Object.fromEntries(SCAN_INPUTS.map((input, index) => [input, () => gradients[index]!]));
      },
    },
    kernels: { cpu: scanCpu, wasm: scanWasm, webgpu: scanWebGpu },
  });
}

/** {the tensors of a scan, between, dy, dFinal} -> the gradients in the order of `SCAN_INPUTS`. */
const scanGradient = defineOp<ScanAttributes>({
  name: 'SequiturSelectiveScanGradient',
  reference: ({ dy, dFinal, ...tensors }, attributes) =>
    selectiveScanGradientReference(tensorsOf(tensors), dy!, dFinal!, attributes),
  kernels: { cpu: scanGradientCpu, wasm: scanGradientWasm, webgpu: scanGradientWebGpu },
});

function tensorsOf(inputs: OpInputs): ScanTensors {
  return inputs as unknown as ScanTensors & Record<string, Tensor>;
}
