import { cpuInstance } from '../../backends/cpu/instance.js';
import type { NativeKernel } from '../define-op.js';
import { dequantizeRows, scalesPerRow, wordsPerRow } from '../quantized/matrix.js';
import type { DequantizeAttributes } from './reference.js';

export const dequantizeRowsCpu: NativeKernel<DequantizeAttributes> = ({ inputs, attributes, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const { format, columns } = attributes;
  const [words, scales, ids] = [cpu.integers(inputs.words!), cpu.values(inputs.scales!), cpu.integers(inputs.ids!)];
  const y = new Float32Array(ids.length * columns);
  const row = <T extends Int32Array | Float32Array>(values: T, id: number, size: number) =>
    values.subarray(id * size, (id + 1) * size) as T;
  for (const [place, id] of ids.entries()) {
    const to = y.subarray(place * columns, (place + 1) * columns);
    const bits = {
      words: row(words, id, wordsPerRow(format, columns)),
      scales: row(scales, id, scalesPerRow(format, columns)),
    };
    if (id < 0 || id >= inputs.words!.shape[0]!) to.fill(Number.NaN);
    else to.set(dequantizeRows(format, bits, columns));
  }
  return [cpu.output([ids.length, columns], y)];
};
