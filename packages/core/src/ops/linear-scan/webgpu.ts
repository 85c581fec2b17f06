import { groupsOf, webGpuInstance } from '../../backends/webgpu/compute.js';
import type { WebGpuKernel } from '../../backends/webgpu/kernel.js';
import type { NativeKernel } from '../define-op.js';

const parameters = { lanes: 'u32', length: 'u32', channels: 'u32' } as const;

/** A lane for every channel of every row. */
const PLACE = `
  let index = group * SIZE + lane;
  if (index >= p.lanes) { return; }
  let start = (index / p.channels) * p.length * p.channels + index % p.channels;
`;

const forward: WebGpuKernel = {
  name: 'linear scan',
  reads: { decay: 'f32', entering: 'f32', initial: 'f32' },
  writes: { states: 'f32' },
  parameters,
  code: `${PLACE}
  var h = initial[index];
  for (var t = 0u; t < p.length; t++) {
    let at = start + t * p.channels;
    h = decay[at] * h + entering[at];
    states[at] = h;
  }`,
};

const backward: WebGpuKernel = {
  name: 'linear scan gradient',
  reads: { decay: 'f32', initial: 'f32', states: 'f32', dStates: 'f32' },
  writes: { dDecay: 'f32', dInput: 'f32', dInitial: 'f32' },
  parameters,
  code: `${PLACE}
  var carried = 0.0;
  for (var t = p.length; t > 0u; t--) {
    let at = start + (t - 1u) * p.channels;
    let gradient = carried + dStates[at];
    var before = initial[index];
    if (t > 1u) { before = states[at - p.channels]; }
    dInput[at] = gradient;
    dDecay[at] = gradient * before;
    carried = gradient * decay[at];
  }
  dInitial[index] = carried;`,
};

/** {decay, input, initial} -> [states]. */
export const linearScanWebGpu: NativeKernel<object> = ({ inputs, backend }) => {
  const gpu = webGpuInstance(backend);
  if (!gpu) return null;
  const { decay, input, initial } = inputs;
  const [batch, length, channels] = decay!.shape as [number, number, number];
  const states = gpu.output(decay!.shape);
  gpu.compute(forward, {
    tensors: { decay: decay!, entering: input!, initial: initial!, states },
    parameters: { lanes: batch * channels, length, channels },
    workgroups: groupsOf(batch * channels),
  });
  return [states];
};

/** {decay, initial, states, dStates} -> [dDecay, dInput, dInitial]. */
export const linearScanGradientWebGpu: NativeKernel<object> = ({ inputs, backend }) => {
  const gpu = webGpuInstance(backend);
  if (!gpu) return null;
  const { decay, initial, states, dStates } = inputs;
  const [batch, length, channels] = decay!.shape as [number, number, number];
  const [dDecay, dInput, dInitial] = [gpu.output(decay!.shape), gpu.output(decay!.shape), gpu.output(initial!.shape)];
  gpu.compute(backward, {
    tensors: { decay: decay!, initial: initial!, states: states!, dStates: dStates!, dDecay, dInput, dInitial },
    parameters: { lanes: batch * channels, length, channels },
    workgroups: groupsOf(batch * channels),
  });
  return [dDecay, dInput, dInitial];
};
