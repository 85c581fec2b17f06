import { groupsOf, type NativeKernel, type WebGpuKernel, webGpuInstance } from '@sequitur/core';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { ConvolutionAttributes } from './reference.js';

const PARAMETERS = { count: 'u32', length: 'u32', channels: 'u32', kernel: 'u32', silu: 'u32' } as const;

/** The sum of the taps of an output; `row` is over batch and length. */
const TAPS = `
fn tapsAt(row : u32, channel : u32) -> f32 {
  let first = ((row / p.length) * (p.length + p.kernel - 1u) + row % p.length) * p.channels + channel;
  var sum = bias[channel];
  for (var k = 0u; k < p.kernel; k++) { sum += weight[k * p.channels + channel] * x[first + k * p.channels]; }
  return sum;
}
fn sigmoidOf(x : f32) -> f32 { return 1.0 / (1.0 + exp(-max(x, -80.0))); }
`;

const PLACE = `
  let index = group * SIZE + lane;
  if (index >= p.count) { return; }
  let row = index / p.channels;
  let channel = index % p.channels;
`;

const forward: WebGpuKernel = {
  name: 'causal convolution',
  reads: { x: 'f32', weight: 'f32', bias: 'f32' },
  writes: { y: 'f32' },
  parameters: PARAMETERS,
  declarations: TAPS,
  code: `${PLACE}
  let sum = tapsAt(row, channel);
  y[index] = select(sum, sum * sigmoidOf(sum), p.silu == 1u);`,
};

/** The gradients of the sums, before the activation. */
const slopes: WebGpuKernel = {
  name: 'causal convolution, slopes',
  reads: { x: 'f32', weight: 'f32', bias: 'f32', dy: 'f32' },
  writes: { dSums: 'f32' },
  parameters: PARAMETERS,
  declarations: TAPS,
  code: `${PLACE}
  let sum = tapsAt(row, channel);
  let share = sigmoidOf(sum);
  dSums[index] = dy[index] * select(1.0, share * (1.0 + sum * (1.0 - share)), p.silu == 1u);`,
};

/** Here \`row\` is over the positions of x: each sums over the outputs that read it. */
const inputs: WebGpuKernel = {
  name: 'causal convolution, input gradient',
  reads: { weight: 'f32', dSums: 'f32' },
  writes: { dx: 'f32' },
  parameters: PARAMETERS,
  code: `${PLACE}
  let positions = p.length + p.kernel - 1u;
  let position = row % positions;
  let text = row / positions;
  var sum = 0.0;
  for (var k = 0u; k < p.kernel; k++) {
    if (position >= k && position - k < p.length) {
      sum += weight[k * p.channels + channel] * dSums[(text * p.length + position - k) * p.channels + channel];
    }
  }
  dx[index] = sum;`,
};

/** A lane for each tap and channel, and one for each bias; sums over all outputs. */
const weights: WebGpuKernel = {
  name: 'causal convolution, weight gradient',
  reads: { x: 'f32', dSums: 'f32' },
  writes: { dWeight: 'f32', dBias: 'f32' },
  parameters: { ...PARAMETERS, rows: 'u32' },
  code: `${PLACE}
  var sum = 0.0;
  for (var at = 0u; at < p.rows; at++) {
    var factor = 1.0;
    if (row < p.kernel) {
      let position = (at / p.length) * (p.length + p.kernel - 1u) + at % p.length + row;
      factor = x[position * p.channels + channel];
    }
    sum += dSums[at * p.channels + channel] * factor;
  }
  if (row < p.kernel) { dWeight[index] = sum; } else { dBias[channel] = sum; }`,
};

/** {x, weight, bias} -> [y]. */
export const convolutionWebGpu: NativeKernel<ConvolutionAttributes> = ({ inputs: given, attributes, backend }) => {
  const gpu = webGpuInstance(backend);
  if (!gpu) return null;
  const [x, weight, bias] = [given.x!, given.weight!, given.bias!];
  const sizes = sizesOf(x, weight, attributes);
  const y = gpu.output([sizes.batch, sizes.length, sizes.channels]);
  const count = sizes.rows * sizes.channels;
  gpu.compute(forward, {
    tensors: { x, weight, bias, y },
    parameters: { ...sizes, count },
    workgroups: groupsOf(count),
  });
  return [y];
};

/** {x, weight, bias, dy} -> [dx, dweight, dbias]. */
export const convolutionGradientWebGpu: NativeKernel<ConvolutionAttributes> = (call) => {
  const gpu = webGpuInstance(call.backend);
  if (!gpu) return null;
  const [x, weight, bias, dy] = ['x', 'weight', 'bias', 'dy'].map((name) => call.inputs[name]!) as [
    ...[Tensor, Tensor, Tensor, Tensor],
  ];
  const sizes = sizesOf(x, weight, call.attributes);
  const { batch, length, channels, kernel, rows } = sizes;
  const [dx, dWeight, dBias] = [gpu.output(x.shape), gpu.output(weight.shape), gpu.output(bias.shape)];
  const run = (code: WebGpuKernel, tensors: Readonly<Record<string, TensorInfo>>, count: number) =>
    gpu.compute(code, { tensors, parameters: { ...sizes, count }, workgroups: groupsOf(count) });
  gpu.withScratch([batch, length, channels], (dSums) => {
    run(slopes, { x, weight, bias, dy, dSums }, rows * channels);
    run(inputs, { weight, dSums, dx }, x.size);
    run(weights, { x, dSums, dWeight, dBias }, (kernel + 1) * channels);
  });
  return [dx, dWeight, dBias];
};

function sizesOf(x: Tensor, weight: Tensor, { activation }: ConvolutionAttributes) {
  const [batch, positions, channels] = x.shape as [number, number, number];
  const kernel = weight.shape[0]!;
  const length = positions - kernel + 1;
  return { batch, length, channels, kernel, rows: batch * length, silu: Number(activation === 'silu') };
}
