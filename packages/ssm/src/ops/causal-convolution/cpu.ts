import { cpuInstance, type NativeKernel } from '@sequitur/core';
import type { ConvolutionAttributes } from './reference.js';

/** {x, weight, bias} -> [y]. */
export const convolutionCpu: NativeKernel<ConvolutionAttributes> = ({ inputs, attributes, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const [x, weight, bias] = [cpu.values(inputs.x!), cpu.values(inputs.weight!), cpu.values(inputs.bias!)];
  const [batch, positions, channels] = inputs.x!.shape as [number, number, number];
  const kernel = inputs.weight!.shape[0]!;
  const length = positions - kernel + 1;
  const y = new Float32Array(batch * length * channels);
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < length; t++) {
      const from = (b * positions + t) * channels;
      for (let channel = 0; channel < channels; channel++) {
        let sum = bias[channel]!;
        for (let k = 0; k < kernel; k++) sum += weight[k * channels + channel]! * x[from + k * channels + channel]!;
        y[(b * length + t) * channels + channel] = attributes.activation === 'silu' ? sum / (1 + Math.exp(-sum)) : sum;
      }
    }
  }
  return [cpu.output([batch, length, channels], y)];
};

/** {x, weight, bias, dy} -> [dx, dweight, dbias]. */
export const convolutionGradientCpu: NativeKernel<ConvolutionAttributes> = ({ inputs, attributes, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const [x, weight, bias] = [cpu.values(inputs.x!), cpu.values(inputs.weight!), cpu.values(inputs.bias!)];
  const dy = cpu.values(inputs.dy!);
  const [batch, positions, channels] = inputs.x!.shape as [number, number, number];
  const kernel = inputs.weight!.shape[0]!;
  const length = positions - kernel + 1;
  const [dx, dWeight, dBias] = [x, weight, bias].map(({ length: n }) => new Float32Array(n)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < length; t++) {
      const from = (b * positions + t) * channels;
      for (let channel = 0; channel < channels; channel++) {
        let slope = dy[(b * length + t) * channels + channel]!;
        if (attributes.activation === 'silu') {
          let sum = bias[channel]!;
          for (let k = 0; k < kernel; k++) sum += weight[k * channels + channel]! * x[from + k * channels + channel]!;
          const share = 1 / (1 + Math.exp(-sum));
          slope *= share * (1 + sum * (1 - share));
        }
        dBias[channel]! += slope;
        for (let k = 0; k < kernel; k++) {
          dx[from + k * channels + channel]! += slope * weight[k * channels + channel]!;
          dWeight[k * channels + channel]! += slope * x[from + k * channels + channel]!;
        }
      }
    }
  }
  const outputs = { x: dx, weight: dWeight, bias: dBias };
  return Object.entries(outputs).map(([name, values]) => cpu.output(inputs[name]!.shape, values));
};
