import { type CpuInstance, cpuInstance, type OpInputs } from '@sequitur/core';
import type { KernelBackend } from '@tensorflow/tfjs-core';

/** The values of an op's tensors on the cpu backend, by the tensors' names. */
export type Numbers = Readonly<Record<string, Float32Array>>;

/** The cpu backend and the values of `inputs` there, or null on another backend. */
export function numbersOnCpu(inputs: OpInputs, backend: KernelBackend): { cpu: CpuInstance; a: Numbers } | null {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const entries = Object.entries(inputs).map(([name, tensor]) => [name, cpu.values(tensor)] as const);
  return { cpu, a: Object.fromEntries(entries) };
}

export function sigmoidOf(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** sums [columns] += row [inner] matrix [inner, columns] */
export function addProduct(sums: Float64Array, row: Float32Array, matrix: Float32Array): void {
  const columns = sums.length;
  for (const [i, factor] of row.entries()) {
    for (let j = 0; j < columns; j++) sums[j]! += factor * matrix[i * columns + j]!;
  }
}

/** Element `i` of the transposed product: Σ over `columns` of row and matrix [inner, columns] row i. */
export function dotWithRow(row: Float32Array, matrix: Float32Array, i: number): number {
  const columns = row.length;
  let sum = 0;
  for (let j = 0; j < columns; j++) sum += row[j]! * matrix[i * columns + j]!;
  return sum;
}
