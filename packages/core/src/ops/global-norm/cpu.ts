import { cpuInstance } from '../../backends/cpu/instance.js';
import type { NativeKernel } from '../define-op.js';

export const squaredSumCpu: NativeKernel<object> = ({ inputs, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  let sum = 0;
  for (const value of cpu.values(inputs.x!)) sum += value * value;
  return [cpu.output([], Float32Array.of(sum))];
};
