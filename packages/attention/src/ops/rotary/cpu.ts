import { cpuInstance, type NativeKernel } from '@sequitur/core';
import type { RotateAttributes } from './reference.js';

export const rotateCpu: NativeKernel<RotateAttributes> = ({ inputs, attributes, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const [, , heads, size] = inputs.x!.shape as [number, number, number, number];
  const [period, pairs] = inputs.cosines!.shape as [number, number];
  const [x, cosines, sines] = [cpu.values(inputs.x!), cpu.values(inputs.cosines!), cpu.values(inputs.sines!)];
  const sign = attributes.backwards ? -1 : 1;
  const [step, apart] = attributes.interleaved ? [2, 1] : [1, pairs];
  const y = new Float32Array(x); // dimensions beyond the pairs are copied
  for (let head = 0; head * size < x.length; head++) {
    const table = (Math.floor(head / heads) % period) * pairs;
    for (let pair = 0; pair < pairs; pair++) {
      const at = head * size + step * pair;
      const [a, b] = [x[at]!, x[at + apart]!];
      const [cosine, sine] = [cosines[table + pair]!, sign * sines[table + pair]!];
      y[at] = a * cosine - b * sine;
      y[at + apart] = b * cosine + a * sine;
    }
  }
  return [cpu.output(inputs.x!.shape, y)];
};
