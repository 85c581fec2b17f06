import { cpuInstance } from '../../backends/cpu/instance.js';
import { type MatrixPlace, multiply } from '../../backends/cpu/multiply.js';
import type { NativeKernel } from '../define-op.js';
import type { ExpertLinearAttributes } from './reference.js';
import { isGrouped, runsOf } from './runs.js';

export const expertLinearCpu: NativeKernel<ExpertLinearAttributes> = ({ inputs, attributes, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const [x, weight] = [cpu.values(inputs.x!), cpu.values(inputs.weight!)];
  const [, inner, outer] = inputs.weight!.shape as [number, number, number];
  const [k, n] = attributes.transposed ? [outer, inner] : [inner, outer];
  const y = new Float32Array(inputs.x!.shape[0]! * n);
  const steps = attributes.transposed ? { rowStep: 1, columnStep: outer } : { rowStep: outer, columnStep: 1 };
  for (const { expert, row, rows } of runsOf(cpu.integers(inputs.experts!))) {
    const matrix: MatrixPlace = { values: weight, start: expert * inner * outer, ...steps };
    multiply([rows, n, k], { values: x, start: row * k, rowStep: k, columnStep: 1 }, matrix, y, row * n);
  }
  return [cpu.output([inputs.x!.shape[0]!, n], y)];
};

export const expertOuterCpu: NativeKernel<{ readonly count: number }> = ({ inputs, attributes, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const runs = runsOf(cpu.integers(inputs.experts!));
  if (!isGrouped(runs)) return null;
  const [x, dy] = [cpu.values(inputs.x!), cpu.values(inputs.dy!)];
  const [m, n] = [inputs.x!.shape[1]!, inputs.dy!.shape[1]!];
  const sums = new Float32Array(attributes.count * m * n);
  for (const { expert, row, rows } of runs) {
    const ofX: MatrixPlace = { values: x, start: row * m, rowStep: 1, columnStep: m };
    const ofDy: MatrixPlace = { values: dy, start: row * n, rowStep: n, columnStep: 1 };
    multiply([m, n, rows], ofX, ofDy, sums, expert * m * n);
  }
  return [cpu.output([attributes.count, m, n], sums)];
};
