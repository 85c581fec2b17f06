import { type NativeKernel, type OpInputs, type Range, ranges } from '@sequitur/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { stateSpaceKernels } from '../../wasm-kernels.js';
import { deltaInputsOf, deltaSizesOf } from './tensors.js';

/** Cost of one element of the state at one step, in multiplications of a matrix product. */
const COST = { deltaForward: 4, deltaBackward: 16 };
/** Steps that the backward pass recomputes at a time. */
const CHUNK_LENGTH = 32;

/** The tensors of a `DeltaCall`, in its order after the sizes. */
const TENSORS = [
  ...['query', 'key', 'value', 'decay', 'removal', 'replacement', 'initial', 'y', 'state', 'dy', 'dState'],
  ...['query', 'key', 'value', 'decay', 'removal', 'replacement', 'initial'].map((name) => `gradient of ${name}`),
];

export const deltaRuleWasm: NativeKernel<object> = ({ inputs, backend }) => {
  const wasm = stateSpaceKernels(backend);
  if (!wasm) return null;
  const [y, state] = [wasm.output(inputs.value!.shape), wasm.output(inputs.initial!.shape)];
  const bytes = wasm.kernels.deltaForwardScratchBytes(deltaSizesOf(inputs).keySize);
  run(wasm, 'deltaForward', { ...inputs, y, state }, bytes);
  return [y, state];
};

export const deltaRuleGradientWasm: NativeKernel<object> = ({ inputs, backend }) => {
  const wasm = stateSpaceKernels(backend);
  if (!wasm) return null;
  const { keySize, length } = deltaSizesOf(inputs);
  const names = deltaInputsOf(inputs);
  const gradients = names.map((name) => wasm.output(inputs[name]!.shape));
  const results = Object.fromEntries(names.map((name, index) => [`gradient of ${name}`, gradients[index]!]));
  const bytes = wasm.kernels.deltaBackwardScratchBytes(keySize, length, CHUNK_LENGTH);
  run(wasm, 'deltaBackward', { ...inputs, ...results }, bytes);
  return gradients;
};

type Wasm = NonNullable<ReturnType<typeof stateSpaceKernels>>;

/** Runs a kernel over all sequences and heads, in parts. */
function run(
  wasm: Wasm,
  kernel: keyof typeof COST,
  tensors: Readonly<Record<string, TensorInfo>>,
  bytesOfThread: number,
): void {
  const sizes = deltaSizesOf(tensors as OpInputs);
  const { batch, length, heads, keySize, valueSize, decaySize } = sizes;
  const isShared = wasm.shouldParallelize(batch * length * heads * keySize * valueSize * COST[kernel]);
  const parts: readonly Range[] = ranges(batch * heads, isShared ? 2 * wasm.threads : 1);
  const ofThread = 64 * Math.ceil(bytesOfThread / 64);
  const header = [length, heads, keySize, valueSize, decaySize, CHUNK_LENGTH];
  const callBytes = 64 * Math.ceil((4 * (header.length + TENSORS.length + 2)) / 64);
  wasm.withScratch(callBytes + (isShared ? wasm.threads : 1) * ofThread, (call) => {
    const offsets = TENSORS.map((name) => wasm.offsetOr0(tensors[name]));
    wasm.integers(call, callBytes / 4).set([...header, ...offsets, call + callBytes, ofThread]);
    const calls = parts.map(({ from, count }) => [call, from, from + count]);
    wasm.runAll(kernel, calls, isShared);
  });
}
