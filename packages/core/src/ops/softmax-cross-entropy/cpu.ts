import { cpuInstance } from '../../backends/cpu/instance.js';
import type { NativeKernel } from '../define-op.js';
import type { SoftmaxCrossEntropyAttributes } from './reference.js';

/** The loss of a label outside the classes is NaN. */
export const softmaxCrossEntropyCpu: NativeKernel<SoftmaxCrossEntropyAttributes> = (call) => {
  const cpu = cpuInstance(call.backend);
  if (!cpu) return null;
  const { ignoreLabel, labelSmoothing } = call.attributes;
  const [logits, labels] = [cpu.values(call.inputs.logits!), cpu.integers(call.inputs.labels!)];
  const rows = labels.length;
  const classes = call.inputs.logits!.shape[1]!;
  const [losses, normalisers] = [new Float32Array(rows), new Float32Array(rows)];
  for (let row = 0; row < rows; row++) {
    const z = logits.subarray(row * classes, (row + 1) * classes);
    const normaliser = logSumExp(z);
    normalisers[row] = normaliser;
    if (labels[row] === ignoreLabel) continue;
    let loss = (1 - labelSmoothing) * (normaliser - (z[labels[row]!] ?? Number.NaN));
    if (labelSmoothing) loss += labelSmoothing * (normaliser - z.reduce((sum, value) => sum + value, 0) / classes);
    losses[row] = loss;
  }
  return [cpu.output([rows], losses), cpu.output([rows], normalisers)];
};

export const softmaxCrossEntropyGradientCpu: NativeKernel<SoftmaxCrossEntropyAttributes> = (call) => {
  const cpu = cpuInstance(call.backend);
  if (!cpu) return null;
  const { ignoreLabel, labelSmoothing } = call.attributes;
  const [logits, labels] = [cpu.values(call.inputs.logits!), cpu.integers(call.inputs.labels!)];
  const [normalisers, dlosses] = [cpu.values(call.inputs.normalisers!), cpu.values(call.inputs.dlosses!)];
  const classes = call.inputs.logits!.shape[1]!;
  const dlogits = new Float32Array(logits.length);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]!;
    const slope = dlosses[row]!;
    if (label === ignoreLabel || slope === 0) continue;
    const start = row * classes;
    for (let i = 0; i < classes; i++) {
      dlogits[start + i] = slope * (Math.exp(logits[start + i]! - normalisers[row]!) - labelSmoothing / classes);
    }
    if (label < 0 || label >= classes) dlogits.fill(Number.NaN, start, start + classes);
    else dlogits[start + label] = dlogits[start + label]! - slope * (1 - labelSmoothing);
  }
  return [cpu.output(call.inputs.logits!.shape, dlogits)];
};

function logSumExp(z: Float32Array): number {
  let top = -Number.MAX_VALUE;
  for (const value of z) top = Math.max(top, value);
  let sum = 0;
  for (const value of z) sum += Math.exp(value - top);
  return top + Math.log(sum);
}
