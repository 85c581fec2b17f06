import { cpuInstance } from '../../backends/cpu/instance.js';
import { wasmInstance } from '../../backends/wasm/instance.js';
import type { NativeKernel } from '../define-op.js';
import { placesOfLargest } from './introselect.js';

export interface SelectLargestAttributes {
  readonly count: number;
}

export const selectLargestCpu: NativeKernel<SelectLargestAttributes> = ({ inputs, attributes, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const { found, shape } = select(cpu.values(inputs.x!), inputs.x!.shape as [number, number], attributes.count);
  return [cpu.output(shape, found, 'int32')];
};

export const selectLargestWasm: NativeKernel<SelectLargestAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = wasmInstance(backend);
  if (!wasm) return null;
  const { found, shape } = select(wasm.values(inputs.x!), inputs.x!.shape as [number, number], attributes.count);
  const output = wasm.output(shape, 'int32');
  wasm.integers(wasm.offset(output), found.length).set(found);
  return [output];
};

function select(values: ArrayLike<number>, [rows, columns]: readonly [number, number], count: number) {
  const found = new Int32Array(rows * count);
  for (let row = 0; row < rows; row++) found.set(placesOfLargest(values, row * columns, columns, count), row * count);
  return { found, shape: [rows, count] };
}
