import {
  add,
  cast,
  equal,
  exp,
  expandDims,
  logicalOr,
  mul,
  oneHot,
  sub,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core';
import { wasmInstance } from '../../backends/wasm/instance.js';
import { runOnRows } from '../../backends/wasm/rows.js';
import { defineOp, type NativeKernel } from '../define-op.js';
import type { SoftmaxCrossEntropyAttributes } from './attributes.js';
import { softmaxCrossEntropyCpu, softmaxCrossEntropyGradientCpu } from './cpu.js';
import { isClass, softmaxCrossEntropyReference } from './reference.js';
import { softmaxCrossEntropyGradientWebGpu, softmaxCrossEntropyWebGpu } from './webgpu.js';

/** {logits, labels} -> [losses, normalisers]; the second, log Σ exp z of each row, is for the backward alone. */
export const softmaxCrossEntropyOp = defineOp<SoftmaxCrossEntropyAttributes>({
  name: 'SequiturSoftmaxCrossEntropy',
  reference: ({ logits, labels }, { ignoreLabel, labelSmoothing }) =>
    softmaxCrossEntropyReference(logits!, labels!, ignoreLabel, labelSmoothing),
  gradient: {
    inputsToSave: ['logits', 'labels'],
    outputsToSave: [false, true],
    of: ([dlosses], [logits, labels, normalisers], attributes) => ({
      logits: () =>
        softmaxCrossEntropyGradient(
          { logits: logits!, labels: labels!, normalisers: normalisers!, dlosses: dlosses! },
          attributes,
        )[0]!,
    }),
  },
  kernels: { wasm: (call) => forwardWasm(call), cpu: softmaxCrossEntropyCpu, webgpu: softmaxCrossEntropyWebGpu },
});

const softmaxCrossEntropyGradient = defineOp<SoftmaxCrossEntropyAttributes>({
  name: 'SequiturSoftmaxCrossEntropyGradient',
  reference: ({ logits, labels, normalisers, dlosses }, attributes) => [
    gradientReference(logits!, labels!, normalisers!, dlosses!, attributes),
  ],
  kernels: {
    wasm: (call) => backwardWasm(call),
    cpu: softmaxCrossEntropyGradientCpu,
    webgpu: softmaxCrossEntropyGradientWebGpu,
  },
});

/** dz = dloss (softmax(z) - (1 - s) one-hot(label) - s / K); 0 in rows that are ignored or that nothing comes back to. */
function gradientReference(
  logits: Tensor,
  labels: Tensor,
  normalisers: Tensor,
  dlosses: Tensor,
  { ignoreLabel, labelSmoothing }: SoftmaxCrossEntropyAttributes,
): Tensor {
  const classes = logits.shape[1]!;
  const probabilities = exp(sub(logits, expandDims(normalisers, 1)));
  const target = add(mul(cast(oneHot(labels, classes), 'float32'), 1 - labelSmoothing), labelSmoothing / classes);
  const slopes = mul(expandDims(dlosses, 1), sub(probabilities, target));
  const known = where(expandDims(isClass(labels, classes), 1), slopes, Number.NaN);
  const isNothing = logicalOr(equal(labels, ignoreLabel), equal(dlosses, 0));
  return where(expandDims(isNothing, 1), 0, known);
}

/** Of one class, in multiplications. */
const COST = 32;

const forwardWasm: NativeKernel<SoftmaxCrossEntropyAttributes> = ({ inputs, attributes, backend }) => {
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

const backwardWasm: NativeKernel<SoftmaxCrossEntropyAttributes> = ({ inputs, attributes, backend }) => {
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
