import { groupsOf, type NativeKernel, type WebGpuKernel, webGpuInstance } from '@sequitur/core';
import { type ScanAttributes, sizesOf, tensorsOf } from '../tensors.js';
import { scanInChunks } from './forward-chunks.js';
import {
  constantsOf,
  gpuChunk,
  PLACE,
  parametersOf,
  SCAN_PARAMETERS,
  STEP_WITH_OUTPUT,
  scanDeclarations,
} from './shared-code.js';

/** Lanes that keep a GPU busy; with fewer channels, the chunks of a sequence run in parallel. */
const ENOUGH_LANES = 2 ** 15;

/** A lane per channel of a batch row, over the length. */
const forward = (state: number): WebGpuKernel => ({
  name: `selective scan, state ${state}`,
  reads: { x: 'f32', stepSize: 'f32', constants: 'f32' },
  writes: { y: 'f32', last: 'f32', between: 'f32' },
  parameters: SCAN_PARAMETERS,
  declarations: scanDeclarations(state),
  code: `${PLACE}
  var h : array<f32, ${state}>;
  for (var n = 0u; n < N; n++) { h[n] = constants[p.initial + index * N + n]; }
  for (var t = 0u; t < p.length; t++) {
    if (p.kept > 0u && t > 0u && t % p.chunk == 0u) {
      let boundary = ((row * p.kept + t / p.chunk - 1u) * p.inner + channel) * N;
      for (var n = 0u; n < N; n++) { between[boundary + n] = h[n]; }
    }
    ${STEP_WITH_OUTPUT}
  }
  for (var n = 0u; n < N; n++) { last[index * N + n] = h[n]; }`,
});

/** {the tensors of a scan} -> [y, the last state, the states between chunks]. */
export const scanWebGpu: NativeKernel<ScanAttributes> = ({ inputs, attributes, backend }) => {
  const gpu = webGpuInstance(backend);
  if (!gpu) return null;
  const sizes = sizesOf(tensorsOf(inputs), { chunk: gpuChunk(inputs, attributes) });
  const { batch, length, inner, state } = sizes;
  const sideBySide = sizes.kept > 0 && batch * inner < ENOUGH_LANES;
  const kept = sideBySide || attributes.saveStates ? sizes.kept : 0;
  const [y, last] = [gpu.output([batch, length, inner]), gpu.output([batch, inner, state])];
  const between = gpu.output([batch, Math.max(kept, 1), inner * state]);
  const constants = constantsOf(inputs);
  const tensors = { x: inputs.x!, stepSize: inputs.stepSize!, constants, y, last, between };
  const parameters = { ...parametersOf(inputs, attributes, sizes), kept };
  if (sideBySide) scanInChunks(gpu, tensors, state, parameters);
  else gpu.compute(forward(state), { tensors, parameters, workgroups: groupsOf(batch * inner) });
  constants.dispose();
  return [y, last, between];
};
