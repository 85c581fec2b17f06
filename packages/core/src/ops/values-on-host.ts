import { backend, type Tensor } from '@tensorflow/tfjs-core';
import { cpuInstance } from '../backends/cpu/instance.js';
import { wasmInstance } from '../backends/wasm/instance.js';
import type { WebGpuInternals } from '../backends/webgpu/internals.js';
import { SequiturError } from '../errors.js';

/**
 * The values of a tensor if they are on the host: always on cpu and wasm, on WebGPU until the tensor is first used
 * there; else null. A view, valid until the next operation.
 */
export function valuesOnHost(tensor: Tensor): ArrayLike<number> | null {
  const current = backend();
  const isInteger = tensor.dtype === 'int32';
  const cpu = cpuInstance(current);
  if (cpu) return isInteger ? cpu.integers(tensor) : cpu.values(tensor);
  const wasm = wasmInstance(current);
  if (wasm) return isInteger ? wasm.integers(wasm.offset(tensor), tensor.size) : wasm.values(tensor);
  if (!('tensorMap' in current)) return null;
  const { values } = (current as unknown as WebGpuInternals).tensorMap.get(tensor.dataId);
  return values as ArrayLike<number> | null;
}

export interface AllowedIntegers {
  /** Valid integers are from 0 up to but not this one. */
  readonly below: number;
  /** An additional valid integer. */
  readonly ignored?: number;
  /** Columns per row, for messages with row and column; absent: the message has an index. */
  readonly columns?: number | undefined;
  /** The first row; default 0. */
  readonly firstRow?: number | undefined;
}

/**
 * Checks labels or ids that are on the host; those on a GPU are not checked.
 *
 * @throws SequiturError naming row, column and value of the first invalid one
 */
export function checkIntegers(where: string, tensor: Tensor, allowed: AllowedIntegers): void {
  const values = valuesOnHost(tensor);
  if (values) checkIntegerValues(where, values, allowed);
}

/** As `checkIntegers`, for values on the host, which may be anything: fractions and NaN are refused too. */
export function checkIntegerValues(
  where: string,
  values: ArrayLike<number>,
  { below, ignored, columns, firstRow = 0 }: AllowedIntegers,
): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if ((value >= 0 && value < below && Number.isInteger(value)) || value === ignored) continue;
    const place =
      columns === undefined ? `place ${i}` : `row ${firstRow + Math.floor(i / columns)}, column ${i % columns}`;
    throw new SequiturError({
      where: `${where}, ${place}`,
      expected: `an integer from 0 to ${below - 1}${ignored === undefined ? '' : `, or ${ignored}`}`,
      got: String(value),
    });
  }
}
