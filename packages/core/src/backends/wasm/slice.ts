import { backend_util, type KernelBackend, slice_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type BackendKernel, replaceKernel } from '../replace-kernel.js';
import { type WasmInstance, wasmInstance } from './instance.js';

interface OneInput {
  readonly x: TensorInfo;
}

/** Begin and size along each axis; trailing axes may be omitted; size -1 means to the end. */
interface SlicePlace {
  readonly begin: number[];
  readonly size: number[];
}

interface SplitPlace {
  readonly numOrSizeSplits: number[] | number;
  readonly axis: number;
}

/**
 * Replaces slice and split by kernels that copy only the result: tfjs's kernels copy all of x first, so that reading a
 * sequence in chunks would take quadratic time. Strings and out-of-range indices are left to tfjs.
 */
export function registerSlices(): void {
  replaceKernel<OneInput, SlicePlace>('wasm', 'Slice', (stock) => (call) => {
    const { x } = call.inputs;
    const wasm = instanceFor(call.backend, x);
    const [begin, size] = slice_util.parseSliceParams(x, call.attrs.begin, call.attrs.size) as [number[], number[]];
    const isInside = size.every(
      (count, axis) => begin[axis]! >= 0 && count >= 0 && begin[axis]! + count <= x.shape[axis]!,
    );
    return wasm && isInside ? sliced(wasm, x, begin, size) : stock(call);
  });
  replaceKernel<OneInput, SplitPlace>('wasm', 'SplitV', (stock) => split(stock) as never);
}

function split(stock: BackendKernel<OneInput, SplitPlace>) {
  return (call: Parameters<typeof stock>[0]): TensorInfo | TensorInfo[] => {
    const { x } = call.inputs;
    const wasm = instanceFor(call.backend, x);
    if (!wasm) return stock(call);
    const [axis] = util.parseAxisParam(call.attrs.axis, x.shape) as [number];
    const counts = backend_util.prepareSplitSize(x as never, call.attrs.numOrSizeSplits, axis);
    const begin = x.shape.map(() => 0);
    return counts.map((count) => {
      const part = sliced(
        wasm,
        x,
        begin,
        x.shape.map((whole, other) => (other === axis ? count : whole)),
      );
      begin[axis]! += count;
      return part;
    });
  };
}

/** For elements of 32 bits; null for others. */
function instanceFor(backend: KernelBackend, { dtype }: TensorInfo): WasmInstance | null {
  return dtype === 'float32' || dtype === 'int32' ? wasmInstance(backend) : null;
}

function sliced(wasm: WasmInstance, x: TensorInfo, begin: readonly number[], size: readonly number[]): TensorInfo {
  const part = wasm.output(size, x.dtype);
  // Viewed as integers, elements keep their bits.
  const from = wasm.integers(wasm.offset(x), util.sizeFromShape(x.shape));
  const to = wasm.integers(wasm.offset(part), util.sizeFromShape([...size]));
  const strides = [...util.computeStrides(x.shape), 1]; // of every axis, the last included
  const outer = size.slice(0, outerAxes(x.shape, size));
  const run = util.sizeFromShape(size.slice(outer.length));
  const start = begin.reduce((sum, first, axis) => sum + first * strides[axis]!, 0);
  for (let index = 0; index * run < to.length; index++) {
    let at = start;
    for (let axis = outer.length - 1, rest = index; axis >= 0; axis--) {
      at += (rest % outer[axis]!) * strides[axis]!;
      rest = Math.floor(rest / outer[axis]!);
    }
    to.set(from.subarray(at, at + run), index * run);
  }
  return part;
}

/** The number of axes before the contiguous ones: those up to the last sliced one. */
function outerAxes(shape: readonly number[], size: readonly number[]): number {
  let axis = shape.length - 1;
  while (axis > 0 && size[axis] === shape[axis]) axis--;
  return Math.max(axis, 0);
}
