import { cpuInstance } from '../../backends/cpu/instance.js';
import type { NativeKernel } from '../define-op.js';
import { type DropoutAttributes, dropoutBits, dropoutThreshold } from './reference.js';

export const dropoutCpu: NativeKernel<DropoutAttributes> = ({ inputs, attributes: { rate, seed }, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const x = cpu.values(inputs.x!);
  const [threshold, scale] = [dropoutThreshold(rate), 1 / (1 - rate)];
  const y = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) if (dropoutBits(i, seed) >= threshold) y[i] = x[i]! * scale;
  return [cpu.output(inputs.x!.shape, y)];
};
