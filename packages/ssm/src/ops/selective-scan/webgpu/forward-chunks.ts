import { groupsOf, type WebGpuInstance, type WebGpuKernel } from '@sequitur/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { CHUNK_PLACE, SCAN_PARAMETERS, STATE_PLACE, STEP, STEP_WITH_OUTPUT, scanDeclarations } from './shared-code.js';

/**
 * The summary of each chunk: its contribution to the state, scanned from an empty one, and its decay. `ends` [rows,
 * chunks, inner, state], `passed` [rows, chunks, inner, 2]: the sum of the step sizes, and whether no sequence began.
 */
const summarize = (state: number): WebGpuKernel => ({
  name: `selective scan, summaries of chunks, state ${state}`,
  reads: { x: 'f32', stepSize: 'f32', constants: 'f32' },
  writes: { ends: 'f32', passed: 'f32' },
  parameters: SCAN_PARAMETERS,
  declarations: scanDeclarations(state),
  code: `${CHUNK_PLACE}
  var h : array<f32, ${state}>;
  var elapsed = 0.0;
  var kept = 1.0;
  for (var t = begin; t < end; t++) {
    ${STEP}
    elapsed += delta;
    kept *= keep;
    for (var n = 0u; n < N; n++) {
      let decay = keep * exp(delta * constants[channel * N + n]);
      h[n] = decay * h[n] + entered * constants[p.input + matrix + n];
    }
  }
  for (var n = 0u; n < N; n++) { ends[index * N + n] = h[n]; }
  passed[2u * index] = elapsed;
  passed[2u * index + 1u] = kept;`,
});

/**
 * Passes the state from chunk to chunk, one lane per state element: `between` receives the states at the start of
 * chunks.
 */
const carry = (state: number): WebGpuKernel => ({
  name: `selective scan, carry between chunks, state ${state}`,
  reads: { ends: 'f32', passed: 'f32', constants: 'f32' },
  writes: { between: 'f32' },
  parameters: SCAN_PARAMETERS,
  declarations: `const N = ${state}u;`,
  code: `${STATE_PLACE}
  var h = constants[p.initial + index];
  for (var k = 0u; k < p.kept; k++) {
    let chunk = (row * (p.kept + 1u) + k) * p.inner + number / N;
    h = passed[2u * chunk + 1u] * exp(rate * passed[2u * chunk]) * h + ends[chunk * N + number % N];
    between[(row * p.kept + k) * p.inner * N + number] = h;
  }`,
});

/** Scans every chunk from the state at its start. */
const scanChunks = (state: number): WebGpuKernel => ({
  name: `selective scan of chunks, state ${state}`,
  reads: { x: 'f32', stepSize: 'f32', constants: 'f32', between: 'f32' },
  writes: { y: 'f32', last: 'f32' },
  parameters: SCAN_PARAMETERS,
  declarations: scanDeclarations(state),
  code: `${CHUNK_PLACE}
  var h : array<f32, ${state}>;
  let own = (row * p.inner + channel) * N;
  for (var n = 0u; n < N; n++) {
    if (part == 0u) { h[n] = constants[p.initial + own + n]; continue; }
    h[n] = between[((row * p.kept + part - 1u) * p.inner + channel) * N + n];
  }
  for (var t = begin; t < end; t++) {
    ${STEP_WITH_OUTPUT}
  }
  if (end == p.length) {
    for (var n = 0u; n < N; n++) { last[own + n] = h[n]; }
  }`,
});

interface ChunkTensors {
  readonly x: TensorInfo;
  readonly stepSize: TensorInfo;
  readonly constants: TensorInfo;
  readonly y: TensorInfo;
  readonly last: TensorInfo;
  /** [batch, kept, inner x state] */
  readonly between: TensorInfo;
}

/**
 * A scan whose chunks run in parallel: a summary of each, then the states are passed from chunk to chunk, then each
 * chunk runs again from the state at its start. Twice the work of a sequential scan, in as many lanes as chunks and
 * channels.
 */
export function scanInChunks(
  gpu: WebGpuInstance,
  { y, last, between, ...given }: ChunkTensors,
  state: number,
  parameters: Readonly<Record<keyof typeof SCAN_PARAMETERS, number>>,
): void {
  const { lanes, kept } = parameters;
  const chunkLanes = lanes * (kept + 1);
  gpu.withScratch([chunkLanes, state], (ends) =>
    gpu.withScratch([chunkLanes, 2], (passed) => {
      const workgroups = groupsOf(chunkLanes);
      gpu.compute(summarize(state), { tensors: { ...given, ends, passed }, parameters, workgroups });
      gpu.compute(carry(state), {
        tensors: { ends, passed, constants: given.constants, between },
        parameters,
        workgroups: groupsOf(lanes * state),
      });
      gpu.compute(scanChunks(state), { tensors: { ...given, between, y, last }, parameters, workgroups });
    }),
  );
}
