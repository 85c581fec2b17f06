import { cpuInstance } from '../../backends/cpu/instance.js';
import type { NativeKernel } from '../define-op.js';
import type { EmbedGradientAttributes } from './reference.js';

export const embedGradientCpu: NativeKernel<EmbedGradientAttributes> = ({ inputs, attributes, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const { padding, vocabularySize } = attributes;
  const [dy, ids] = [cpu.values(inputs.dy!), cpu.integers(inputs.ids!)];
  const width = inputs.dy!.shape.at(-1)!;
  const dtable = new Float32Array(vocabularySize * width);
  for (const [place, id] of ids.entries()) {
    if (id === padding || id < 0 || id >= vocabularySize) continue;
    const [from, to] = [place * width, id * width];
    for (let i = 0; i < width; i++) dtable[to + i] = dtable[to + i]! + dy[from + i]!;
  }
  return [cpu.output([vocabularySize, width], dtable)];
};
