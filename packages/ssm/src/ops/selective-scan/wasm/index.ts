import { channelRanges, ends, type NativeKernel, type OpInputs } from '@sequitur/core';
import { stateSpaceKernels } from '../../../wasm-kernels.js';
import { SCAN_INPUTS, type ScanAttributes, sizesOf, tensorsOf } from '../tensors.js';
import { withScanCall } from './call.js';
import { gradientParts } from './gradient-parts.js';

/** Cost of one state element at one step, in multiplications of a matrix product. */
const COST = { forward: 16, backward: 44 };

/** {the tensors of a scan} -> [y, the last state, the states between chunks]. */
export const scanWasm: NativeKernel<ScanAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = stateSpaceKernels(backend);
  if (!wasm || !fillsVectors(inputs)) return null;
  const { batch, length, inner, state, kept } = sizesOf(tensorsOf(inputs), attributes);
  const wide = Math.ceil(inner / 4) * 4;
  const [y, last] = [wasm.output([batch, length, inner]), wasm.output([batch, inner, state])];
  const between = wasm.output([batch, attributes.saveStates ? kept : 0, state * wide]);
  const keeps = attributes.saveStates && kept > 0;
  const multiplications = batch * length * inner * state * COST.forward;
  const shares = channelRanges(wasm, { batch, channels: inner, multiplications });
  const widest = Math.max(...shares.map(({ channels }) => channels.count), 0);
  const room = {
    ...{ shared: 0, ofThread: wasm.kernels.scanForwardScratchBytes(widest, state) },
    threads: shares.length > 1 ? wasm.threads : 1,
  };
  const results = { y, last, between: keeps ? between : undefined };
  withScanCall(wasm, { inputs, attributes, results }, room, (call) =>
    wasm.runAll(
      'scanForward',
      shares.map((share) => [call, ...ends(share)]),
    ),
  );
  return [y, last, between];
};

/** {the tensors of a scan, between, dy, dFinal} -> the gradients in the order of `SCAN_INPUTS`. */
export const scanGradientWasm: NativeKernel<ScanAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = stateSpaceKernels(backend);
  if (!wasm || !fillsVectors(inputs)) return null;
  const { kernels } = wasm;
  const { batch, length, inner, state, groups, kept } = sizesOf(tensorsOf(inputs), attributes);
  const chunk = Math.min(attributes.chunk, length);
  const { parts, ofGroup } = gradientParts(inner, groups);
  const isShared = parts.length > 1 && wasm.shouldParallelize(chunk * inner * state * COST.backward);
  const ofSums = ofGroup > 1 ? kernels.scanSumBytes(state, chunk) : 0;
  const states = kernels.scanSharedBytes(inner, state);
  const room = {
    shared: states + parts.length * ofSums,
    ofThread: kernels.scanBackwardScratchBytes(state, chunk),
    threads: isShared ? wasm.threads : 1,
  };
  const gradients = SCAN_INPUTS.map((name) => wasm.output(inputs[name]!.shape));
  const results = Object.fromEntries(SCAN_INPUTS.map((name, index) => [`gradient of ${name}`, gradients[index]!]));
  withScanCall(wasm, { inputs, attributes: { ...attributes, chunk }, results }, room, (call, shared) => {
    const sums = shared + states;
    /**
     * The chunks of one batch row: parts that add to the same elements are the same for all chunks, and no chunk waits
     * for another row.
     */
    const throughChunk = (text: number, k: number) => {
      const calls = parts.map(({ from, count }, part) => [
        ...[call, text, k, from, from + count, ofSums && sums + part * ofSums],
      ]);
      wasm.runAll('scanBackward', calls, isShared);
      if (ofGroup === 1) return;
      for (let group = 0; group < groups; group++) {
        kernels.addScanSums(call, text, k, group, sums + group * ofGroup * ofSums, ofGroup);
      }
    };
    kernels.startScanGradients(call);
    for (let text = 0; text < batch; text++) {
      kernels.enterRow(call, text);
      for (let k = kept; k >= 0; k--) throughChunk(text, k);
      kernels.leaveRow(call, text);
    }
    kernels.finishScanGradients(call);
  });
  return gradients;
};

/** Whether the four channels of a vector always share rows of the matrices. */
function fillsVectors({ x, inputMatrix }: OpInputs): boolean {
  const [inner, groups] = [x!.shape[2]!, inputMatrix!.shape[2]!];
  return groups === 1 || (inner / groups) % 4 === 0;
}
