import { webGpuInstance } from '../../backends/webgpu/compute.js';
import { NOT_FINITE, REDUCTIONS, type WebGpuKernel } from '../../backends/webgpu/kernel.js';
import type { NativeKernel } from '../define-op.js';
import type { SoftmaxCrossEntropyAttributes } from './reference.js';

const parameters = { rows: 'u32', classes: 'u32', ignoreLabel: 'i32', smoothing: 'f32' } as const;
const SIZE = 128;

/** One row per workgroup. The loss of a label outside the classes is NaN. */
const forward: WebGpuKernel = {
  name: 'softmax cross-entropy',
  reads: { logits: 'f32', labels: 'i32' },
  writes: { losses: 'f32', normalisers: 'f32' },
  parameters,
  workgroupSize: SIZE,
  declarations: REDUCTIONS + NOT_FINITE,
  code: `
  if (group >= p.rows) { return; }
  let start = group * p.classes;
  var top = logits[start];
  var sum = 0.0;
  for (var i = lane; i < p.classes; i += SIZE) {
    top = max(top, logits[start + i]);
    sum += logits[start + i];
  }
  let highest = largest(lane, top);
  let all = total(lane, sum);
  var mass = 0.0;
  for (var i = lane; i < p.classes; i += SIZE) { mass += expOf(logits[start + i] - highest); }
  let normaliser = highest + logOf(total(lane, mass));
  if (lane != 0u) { return; }
  normalisers[group] = normaliser;
  let label = labels[group];
  var hit = nan();
  if (label >= 0 && u32(label) < p.classes) { hit = logits[start + u32(label)]; }
  var loss = (1.0 - p.smoothing) * (normaliser - hit);
  // With infinities, 0 times the sum over all classes is not 0.
  if (p.smoothing != 0.0) { loss += p.smoothing * (normaliser - all / f32(p.classes)); }
  losses[group] = select(loss, 0.0, label == p.ignoreLabel);`,
};

/** dz = dloss (softmax(z) - target), 0 in ignored rows. */
const backward: WebGpuKernel = {
  name: 'softmax cross-entropy gradient',
  reads: { logits: 'f32', labels: 'i32', normalisers: 'f32', dlosses: 'f32' },
  writes: { dlogits: 'f32' },
  parameters,
  workgroupSize: SIZE,
  declarations: NOT_FINITE,
  code: `
  if (group >= p.rows) { return; }
  let start = group * p.classes;
  let label = labels[group];
  let lost = label < 0 || u32(label) >= p.classes;
  let d = select(dlosses[group], 0.0, label == p.ignoreLabel);
  let even = p.smoothing / f32(p.classes);
  for (var i = lane; i < p.classes; i += SIZE) {
    let target_share = even + select(0.0, 1.0 - p.smoothing, i32(i) == label);
    let slope = d * (expOf(logits[start + i] - normalisers[group]) - target_share);
    dlogits[start + i] = select(select(slope, nan(), lost), 0.0, d == 0.0);
  }`,
};

export const softmaxCrossEntropyWebGpu: NativeKernel<SoftmaxCrossEntropyAttributes> = (call) => {
  const gpu = webGpuInstance(call.backend);
  if (!gpu) return null;
  const [logits, labels] = [call.inputs.logits!, call.inputs.labels!];
  const [rows, classes] = logits.shape as [number, number];
  const [losses, normalisers] = [gpu.output([rows]), gpu.output([rows])];
  gpu.compute(forward, {
    tensors: { logits, labels, losses, normalisers },
    parameters: parametersOf(call.attributes, rows, classes),
    workgroups: rows,
  });
  return [losses, normalisers];
};

export const softmaxCrossEntropyGradientWebGpu: NativeKernel<SoftmaxCrossEntropyAttributes> = (call) => {
  const gpu = webGpuInstance(call.backend);
  if (!gpu) return null;
  const [logits, labels] = [call.inputs.logits!, call.inputs.labels!];
  const [rows, classes] = logits.shape as [number, number];
  const dlogits = gpu.output([rows, classes]);
  gpu.compute(backward, {
    tensors: { logits, labels, normalisers: call.inputs.normalisers!, dlosses: call.inputs.dlosses!, dlogits },
    parameters: parametersOf(call.attributes, rows, classes),
    workgroups: rows,
  });
  return [dlogits];
};

function parametersOf(
  { ignoreLabel, labelSmoothing }: SoftmaxCrossEntropyAttributes,
  rows: number,
  classes: number,
): Record<string, number> {
  return { rows, classes, ignoreLabel, smoothing: labelSmoothing };
}
