import { cpuInstance } from '../../backends/cpu/instance.js';
import type { NativeKernel } from '../define-op.js';

export const columnSumsCpu: NativeKernel<object> = ({ inputs, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const x = cpu.values(inputs.x!);
  const columns = inputs.x!.shape[1]!;
  const sums = new Float64Array(columns);
  for (let start = 0; start < x.length; start += columns) {
    for (let i = 0; i < columns; i++) sums[i] = sums[i]! + x[start + i]!;
  }
  return [cpu.output([columns], Float32Array.from(sums))];
};
