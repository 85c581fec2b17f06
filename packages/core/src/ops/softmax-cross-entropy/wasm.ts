import { wasmInstance } from '../../backends/wasm/instance.js';
import { runOnRows } from '../../backends/wasm/rows.js';
import type { NativeKernel } from '../define-op.js';
import type { SoftmaxCrossEntropyAttributes } from './reference.js';

/** Cost of one class, in multiplications. */
const COST = 32;

export const softmaxCrossEntropyWasm: NativeKernel<SoftmaxCrossEntropyAttributes> = ({
  inputs,
  attributes,
  backend,
}) => {
  const wasm = wasmInstance(backend);
  if (!wasm) return null;
  const { logits, labels } = inputs;
  const [rows, classes] = logits!.shape as [number, number];
  const [losses, normalisers] = [wasm.output([rows]), wasm.output([rows])];
  const at = [logits!, labels!, losses, normalisers].map(wasm.offset) as [number, number, number, number];
  const { ignoreLabel, labelSmoothing } = attributes;
  runOnRows(wasm, 'softmaxCrossEntropyForward', { count: rows, cost: COST * classes }, ({ from, count }) => [
    ...[count, classes, at[0] + 4 * from * classes, at[1] + 4 * from],
    ...[ignoreLabel, labelSmoothing, at[2] + 4 * from, at[3] + 4 * from],
  ]);
  return [losses, normalisers];
};

export const softmaxCrossEntropyGradientWasm: NativeKernel<SoftmaxCrossEntropyAttributes> = ({
  inputs,
  attributes,
  backend,
}) => {
  const wasm = wasmInstance(backend);
  if (!wasm) return null;
  const { logits, labels, normalisers, dlosses } = inputs;
  const [rows, classes] = logits!.shape as [number, number];
  const dlogits = wasm.output([rows, classes]);
  const ofRow = [labels!, normalisers!, dlosses!].map(wasm.offset) as [number, number, number];
  const [scores, slopes] = [wasm.offset(logits!), wasm.offset(dlogits)];
  const { ignoreLabel, labelSmoothing } = attributes;
  runOnRows(wasm, 'softmaxCrossEntropyBackward', { count: rows, cost: COST * classes }, ({ from, count }) => [
    ...[count, classes, scores + 4 * from * classes, ofRow[0] + 4 * from, ignoreLabel, labelSmoothing],
    ...[ofRow[1] + 4 * from, ofRow[2] + 4 * from, slopes + 4 * from * classes],
  ]);
  return [dlogits];
};
