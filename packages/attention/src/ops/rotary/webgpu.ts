import { groupsOf, type NativeKernel, type WebGpuKernel, webGpuInstance } from '@sequitur/core';
import type { RotateAttributes } from './reference.js';

const SIZE = 256;

/** One lane for each pair of each head, and for each dimension that is copied. */
const turn: WebGpuKernel = {
  name: 'rotate pairs',
  reads: { x: 'f32', cosines: 'f32', sines: 'f32' },
  writes: { y: 'f32' },
  parameters: {
    ...{ count: 'u32', heads: 'u32', size: 'u32', pairs: 'u32', period: 'u32' },
    ...{ step: 'u32', apart: 'u32', sign: 'f32' },
  },
  workgroupSize: SIZE,
  code: `
  let index = group * SIZE + lane;
  if (index >= p.count) { return; }
  let lanes = p.size - p.pairs; // of one head
  let item = index % lanes;
  let head = index / lanes;
  if (item >= p.pairs) {
    let at = head * p.size + p.pairs + item;
    y[at] = x[at];
    return;
  }
  let angle = head / p.heads % p.period * p.pairs + item;
  let cosine = cosines[angle];
  let sine = p.sign * sines[angle];
  let at = head * p.size + p.step * item;
  let a = x[at];
  let b = x[at + p.apart];
  y[at] = a * cosine - b * sine;
  y[at + p.apart] = b * cosine + a * sine;`,
};

export const rotateWebGpu: NativeKernel<RotateAttributes> = ({ inputs, attributes, backend }) => {
  const gpu = webGpuInstance(backend);
  if (!gpu) return null;
  const [x, cosines, sines] = [inputs.x!, inputs.cosines!, inputs.sines!];
  const [batch, length, heads, size] = x.shape as [number, number, number, number];
  const [period, pairs] = cosines.shape as [number, number];
  const { interleaved, backwards } = attributes;
  const y = gpu.output(x.shape);
  const count = batch * length * heads * (size - pairs);
  const [step, apart] = interleaved ? [2, 1] : [1, pairs];
  gpu.compute(turn, {
    tensors: { x, cosines, sines, y },
    parameters: { count, heads, size, pairs, period, step: step!, apart: apart!, sign: backwards ? -1 : 1 },
    workgroups: groupsOf(count, SIZE),
  });
  return [y];
};
