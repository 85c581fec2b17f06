import { groupsOf, type NativeKernel, REDUCTIONS, type WebGpuKernel, webGpuInstance } from '@sequitur/core';
import { concat, reshape, slice, sum, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { type ScanAttributes, type ScanSizes, type ScanTensors, sizesOf } from './tensors.js';
import { constantsOf, gpuChunk, PLACE, parametersOf, SCAN_PARAMETERS, STEP, scanDeclarations } from './webgpu-parts.js';

/**
 * One chunk: the states again, then the steps backwards. `scratch` holds the states [count + 1, state, lanes] and behind
 * them what the gradients of both matrices sum up over the channels [count, 2 state, lanes]; `sums` [lanes, 2 state + 2]
 * the gradients of h, A, D and the bias, carried from chunk to chunk.
 */
const chunkBackwards = (state: number): WebGpuKernel => ({
  name: `selective scan gradient, state ${state}`,
  reads: { x: 'f32', stepSize: 'f32', constants: 'f32', dy: 'f32' },
  writes: { dx: 'f32', dStepSize: 'f32', sums: 'f32', scratch: 'f32' },
  parameters: SCAN_PARAMETERS,
  declarations: scanDeclarations(state),
  code: `${PLACE}
  let products = (p.chunk + 1u) * N;
  let own = index * (2u * N + 2u);
  for (var i = 0u; i < p.count; i++) {
    let t = p.start + i;
    ${STEP}
    for (var n = 0u; n < N; n++) {
      let decay = keep * exp(delta * constants[channel * N + n]);
      let before = scratch[(i * N + n) * p.lanes + index];
      scratch[((i + 1u) * N + n) * p.lanes + index] = decay * before + entered * constants[p.input + matrix + n];
    }
  }
  for (var i = p.count; i > 0u; i--) {
    let t = p.start + i - 1u;
    ${STEP}
    let slope = dy[at];
    var product = 0.0;
    var dDelta = 0.0;
    for (var n = 0u; n < N; n++) {
      let rate = constants[channel * N + n];
      let decay = keep * exp(delta * rate);
      let before = scratch[((i - 1u) * N + n) * p.lanes + index];
      let after = scratch[(i * N + n) * p.lanes + index];
      let arriving = sums[own + n] + slope * constants[p.output + matrix + n];
      let term = (products + (i - 1u) * 2u * N + n) * p.lanes + index;
      scratch[term] = arriving * entered;
      scratch[term + N * p.lanes] = slope * after;
      product += arriving * constants[p.input + matrix + n];
      let exponent = arriving * before * decay;
      dDelta += exponent * rate;
      sums[own + N + n] += exponent * delta;
      sums[own + n] = arriving * decay;
    }
    dDelta += product * x[at];
    if (p.positive == 1u) { dDelta /= 1.0 + exp(-raw); }
    dStepSize[at] = dDelta;
    dx[at] = product * delta + slope * constants[p.skip + channel];
    sums[own + 2u * N] += slope * x[at];
    sums[own + 2u * N + 1u] += dDelta;
  }`,
});

/** The state that the chunk begins with, at the front of \`scratch\`. */
const chunkStart = (state: number): WebGpuKernel => ({
  name: `selective scan chunk start, state ${state}`,
  reads: { states: 'f32' },
  writes: { scratch: 'f32' },
  parameters: { lanes: 'u32', inner: 'u32', rowStride: 'u32', first: 'u32' },
  code: `
  let index = group * SIZE + lane;
  if (index >= p.lanes) { return; }
  let at = p.first + (index / p.inner) * p.rowStride + (index % p.inner) * ${state}u;
  for (var n = 0u; n < ${state}u; n++) { scratch[n * p.lanes + index] = states[at + n]; }`,
});

/** The gradients of both matrices at every step of the chunk: a workgroup sums over the channels of one place. */
const matrixSums = (state: number): WebGpuKernel => ({
  name: `selective scan matrix sums, state ${state}`,
  reads: { scratch: 'f32' },
  writes: { dInput: 'f32', dOutput: 'f32' },
  parameters: SCAN_PARAMETERS,
  declarations: `const N = ${state}u;\n${REDUCTIONS}`,
  code: `
  let column = group % (2u * N);
  let share = (group / (2u * N)) % p.groups;
  let step = group / (2u * N * p.groups);
  let i = step % p.count;
  let row = step / p.count;
  if (row >= p.lanes / p.inner) { return; }
  let width = p.inner / p.groups;
  let first = ((p.chunk + 1u) * N + i * 2u * N + column) * p.lanes + row * p.inner + share * width;
  var part = 0.0;
  for (var c = lane; c < width; c += SIZE) { part += scratch[first + c]; }
  let sum = total(lane, part);
  let to = ((row * p.length + p.start + i) * p.groups + share) * N + column % N;
  if (lane == 0u) {
    if (column < N) { dInput[to] = sum; } else { dOutput[to] = sum; }
  }`,
});

/** {the tensors of a scan, between, dy, dFinal} -> the gradients in the order of `SCAN_INPUTS`. */
export const scanGradientWebGpu: NativeKernel<ScanAttributes> = ({ inputs, attributes, backend }) => {
  const gpu = webGpuInstance(backend);
  if (!gpu) return null;
  const chunk = gpuChunk(inputs, attributes);
  const sizes = sizesOf(inputs as unknown as ScanTensors, { chunk });
  const { batch, length, inner, state, groups, kept } = sizes;
  const lanes = batch * inner;
  const [dx, dStepSize] = [gpu.output(inputs.x!.shape), gpu.output(inputs.x!.shape)];
  const [dInput, dOutput] = [gpu.output(inputs.inputMatrix!.shape), gpu.output(inputs.outputMatrix!.shape)];
  const constants = constantsOf(inputs);
  const { x, stepSize, dy, between, initialState } = inputs;
  const sums = startingSums(inputs.dFinal!, lanes, state);
  gpu.withScratch([(3 * chunk + 1) * state * lanes], (scratch) => {
    for (let k = kept; k >= 0; k--) {
      const start = k * chunk;
      const parameters = { ...parametersOf(inputs, attributes, sizes), start, count: Math.min(chunk, length - start) };
      const first = k === 0 ? 0 : (k - 1) * inner * state;
      const rowStride = (k === 0 ? 1 : kept) * inner * state;
      gpu.compute(chunkStart(state), {
        tensors: { states: k === 0 ? initialState! : between!, scratch },
        parameters: { lanes, inner, rowStride, first },
        workgroups: groupsOf(lanes),
      });
      gpu.compute(chunkBackwards(state), {
        tensors: { x: x!, stepSize: stepSize!, constants, dy: dy!, dx, dStepSize, sums, scratch },
        parameters,
        workgroups: groupsOf(lanes),
      });
      gpu.compute(matrixSums(state), {
        tensors: { scratch, dInput, dOutput },
        parameters,
        workgroups: batch * parameters.count * groups * 2 * state,
      });
    }
  });
  constants.dispose();
  const [dMatrix, dSkip, dBias, dInitial] = splitSums(sums, sizes);
  sums.dispose();
  return [dx, dStepSize, dMatrix!, dInput, dOutput, dSkip!, dBias!, dInitial!];
};

/** [lanes, 2 state + 2]: the gradient of the last state, and zeros. A tensor of its own, which the kernels write. */
function startingSums(dFinal: Tensor, lanes: number, state: number): Tensor {
  return tidy(() => concat([reshape(dFinal, [lanes, state]), zeros([lanes, state + 2])], 1));
}

/** The gradients of A, D, the bias and h. */
function splitSums(sums: Tensor, { batch, inner, state }: ScanSizes): Tensor[] {
  return tidy(() => {
    const ofBatch = sum(reshape(sums, [batch, inner, 2 * state + 2]), 0); // [inner, 2 state + 2]
    const column = (from: number) => reshape(slice(ofBatch, [0, from], [inner, 1]), [inner]);
    const dInitial = reshape(slice(sums, [0, 0], [batch * inner, state]), [batch, inner, state]);
    return [slice(ofBatch, [0, state], [inner, state]), column(2 * state), column(2 * state + 1), dInitial];
  });
}
