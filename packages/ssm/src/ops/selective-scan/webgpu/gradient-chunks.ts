import { REDUCTIONS, type WebGpuKernel } from '@sequitur/core';
import { CHUNK_PLACE, SCAN_PARAMETERS, STATE_PLACE, STEP, scanDeclarations } from './shared-code.js';

/**
 * Summary of each chunk: the gradient that it passes to the state before it, if none arrives at its end. `arriving`
 * [rows, chunks, inner, state]; `passed` [rows, chunks, inner, 2] as in the summaries of the forward scan.
 */
export const summarizeBackwards = (state: number): WebGpuKernel => ({
  name: `selective scan gradient, summaries of chunks, state ${state}`,
  reads: { x: 'f32', stepSize: 'f32', constants: 'f32', dy: 'f32' },
  writes: { arriving: 'f32', passed: 'f32' },
  parameters: SCAN_PARAMETERS,
  declarations: scanDeclarations(state),
  code: `${CHUNK_PLACE}
  var g : array<f32, ${state}>;
  var elapsed = 0.0;
  var kept = 1.0;
  for (var t = end; t > begin;) {
    t--;
    ${STEP}
    elapsed += delta;
    kept *= keep;
    for (var n = 0u; n < N; n++) {
      let decay = keep * exp(delta * constants[channel * N + n]);
      g[n] = decay * (g[n] + dy[at] * constants[p.output + matrix + n]);
    }
  }
  for (var n = 0u; n < N; n++) { arriving[index * N + n] = g[n]; }
  passed[2u * index] = elapsed;
  passed[2u * index + 1u] = kept;`,
});

/**
 * Passes the gradient of the state from chunk to chunk, one lane per state element: `arriving` then holds the gradient
 * at the end of each chunk.
 */
export const carryBackwards = (state: number): WebGpuKernel => ({
  name: `selective scan gradient, carry between chunks, state ${state}`,
  reads: { passed: 'f32', constants: 'f32', dFinal: 'f32' },
  writes: { arriving: 'f32', dInitial: 'f32' },
  parameters: SCAN_PARAMETERS,
  declarations: `const N = ${state}u;`,
  code: `${STATE_PLACE}
  var g = dFinal[index];
  for (var k = p.kept + 1u; k > 0u;) {
    k--;
    let chunk = (row * (p.kept + 1u) + k) * p.inner + number / N;
    let at = chunk * N + number % N;
    let handed = arriving[at];
    arriving[at] = g;
    g = passed[2u * chunk + 1u] * exp(rate * passed[2u * chunk]) * g + handed;
  }
  dInitial[index] = g;`,
});

/**
 * `count` chunks from `start` on, `index` over [rows, count, inner]; `own` is the index of chunk and channel among all.
 */
const WAVE_PLACE = `
  let index = group * SIZE + lane;
  let wide = p.lanes * p.count;
  if (index >= wide) { return; }
  let channel = index % p.inner;
  let part = p.start + (index / p.inner) % p.count;
  let row = index / (p.inner * p.count);
  let share = (channel * p.groups / p.inner) * N;
  let begin = part * p.chunk;
  let end = min(p.length, begin + p.chunk);
  let own = (row * (p.kept + 1u) + part) * p.inner + channel;
`;

/**
 * A wave of chunks: recomputes the states, then runs the steps in reverse. `scratch` holds the states before each step
 * [chunk, state, rows x count x inner], then the terms that the gradients of both matrices sum over the channels
 * [chunk, 2 state, ...]; `sums` [rows, chunks, inner, state + 2] receives the gradients of A, D and the bias.
 */
export const waveBackwards = (state: number): WebGpuKernel => ({
  name: `selective scan gradient, state ${state}`,
  reads: { x: 'f32', stepSize: 'f32', constants: 'f32', dy: 'f32' },
  writes: { dx: 'f32', dStepSize: 'f32', arriving: 'f32', scratch: 'f32' },
  parameters: { ...SCAN_PARAMETERS, between: 'u32' },
  declarations: scanDeclarations(state),
  code: `${WAVE_PLACE}
  let products = p.chunk * N;
  var h : array<f32, ${state}>;
  var g : array<f32, ${state}>;
  var dRates : array<f32, ${state}>;
  for (var n = 0u; n < N; n++) {
    g[n] = arriving[own * N + n];
    if (part == 0u) { h[n] = constants[p.initial + (row * p.inner + channel) * N + n]; continue; }
    h[n] = constants[p.between + ((row * p.kept + part - 1u) * p.inner + channel) * N + n];
  }
  for (var t = begin; t < end; t++) {
    ${STEP}
    for (var n = 0u; n < N; n++) {
      scratch[((t - begin) * N + n) * wide + index] = h[n];
      h[n] = keep * exp(delta * constants[channel * N + n]) * h[n] + entered * constants[p.input + matrix + n];
    }
  }
  for (var t = end; t > begin;) {
    t--;
    ${STEP}
    let slope = dy[at];
    var product = 0.0;
    var dDelta = 0.0;
    for (var n = 0u; n < N; n++) {
      let rate = constants[channel * N + n];
      let input = constants[p.input + matrix + n];
      let kept = keep * exp(delta * rate) * scratch[((t - begin) * N + n) * wide + index];
      let gradient = g[n] + slope * constants[p.output + matrix + n];
      let term = (products + (t - begin) * 2u * N + n) * wide + index;
      scratch[term] = gradient * entered;
      scratch[term + N * wide] = slope * (kept + entered * input);
      product += gradient * input;
      dDelta += gradient * kept * rate;
      dRates[n] += gradient * kept * delta;
      g[n] = gradient * keep * exp(delta * rate);
    }
    dDelta += product * x[at];
    if (p.positive == 1u) { dDelta /= 1.0 + exp(-raw); }
    dStepSize[at] = dDelta;
    dx[at] = product * delta + slope * constants[p.skip + channel];
  }
  for (var n = 0u; n < N; n++) { arriving[own * N + n] = dRates[n]; }`,
});

/** The gradients of both matrices at every step of a wave: a workgroup sums over the channels of one element. */
export const matrixSums = (state: number): WebGpuKernel => ({
  name: `selective scan matrix sums, state ${state}`,
  reads: { scratch: 'f32' },
  writes: { dInput: 'f32', dOutput: 'f32' },
  parameters: SCAN_PARAMETERS,
  declarations: `const N = ${state}u;\n${REDUCTIONS}`,
  code: `
  let column = group % (2u * N);
  let share = (group / (2u * N)) % p.groups;
  let step = group / (2u * N * p.groups);
  let i = step % p.chunk;
  let part = (step / p.chunk) % p.count;
  let row = step / (p.chunk * p.count);
  let t = (p.start + part) * p.chunk + i;
  if (row >= p.lanes / p.inner || t >= p.length) { return; }
  let width = p.inner / p.groups;
  let wide = p.lanes * p.count;
  let first = (p.chunk * N + i * 2u * N + column) * wide + (row * p.count + part) * p.inner + share * width;
  var sumOfLane = 0.0;
  for (var c = lane; c < width; c += SIZE) { sumOfLane += scratch[first + c]; }
  let sum = total(lane, sumOfLane);
  let to = ((row * p.length + t) * p.groups + share) * N + column % N;
  if (lane == 0u) {
    if (column < N) { dInput[to] = sum; } else { dOutput[to] = sum; }
  }`,
});
