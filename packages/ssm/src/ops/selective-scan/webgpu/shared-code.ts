import type { OpInputs } from '@sequitur/core';
import { concat, reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { ScanAttributes, ScanSizes } from '../tensors.js';

/** The part of a scan of one invocation: a channel of a batch row, over the length. */
const SCAN = `
fn stepSizeOf(raw : f32, positive : u32) -> f32 {
  if (positive == 0u) { return raw; }
  let e = exp(-abs(raw));
  // log(1 + e) loses the digits of a small e.
  return max(raw, 0.0) + select(log(1.0 + e), e * (1.0 - e * (0.5 - e / 3.0)), e < 0.01);
}
`;

/** Sizes, and the offset of each part of `constants`: see {@link constantsOf}. */
export const SCAN_PARAMETERS = {
  ...({ lanes: 'u32', length: 'u32', inner: 'u32', groups: 'u32', chunk: 'u32', kept: 'u32' } as const),
  ...({ positive: 'u32', packed: 'u32', skip: 'u32', bias: 'u32', initial: 'u32' } as const),
  ...({ input: 'u32', output: 'u32', resets: 'u32', start: 'u32', count: 'u32' } as const),
} as const;

/** The declarations of every kernel of the scan, for a state size. */
export function scanDeclarations(state: number): string {
  return `const N = ${state}u;\n${SCAN}`;
}

export const PLACE = `
  let index = group * SIZE + lane;
  if (index >= p.lanes) { return; }
  let row = index / p.inner;
  let channel = index % p.inner;
  let share = (channel * p.groups / p.inner) * N;
`;

/** One lane per channel of a batch row and chunk: `index` over [rows, chunks, inner]. */
export const CHUNK_PLACE = `
  let index = group * SIZE + lane;
  let chunks = p.kept + 1u;
  if (index >= p.lanes * chunks) { return; }
  let channel = index % p.inner;
  let part = (index / p.inner) % chunks;
  let row = index / (p.inner * chunks);
  let share = (channel * p.groups / p.inner) * N;
  let begin = part * p.chunk;
  let end = min(p.length, begin + p.chunk);
`;

/** One lane per state element of a batch row: `index` over [rows, inner, state]. */
export const STATE_PLACE = `
  let index = group * SIZE + lane;
  if (index >= p.lanes * N) { return; }
  let number = index % (p.inner * N);
  let row = index / (p.inner * N);
  let rate = constants[number];
`;

/** `delta`, `entered`, `matrix` and `keep` of step t. */
export const STEP = `
    let at = (row * p.length + t) * p.inner + channel;
    let matrix = (row * p.length + t) * p.groups * N + share;
    var keep = 1.0;
    if (p.packed == 1u) { keep = 1.0 - constants[p.resets + row * p.length + t]; }
    let raw = stepSize[at] + constants[p.bias + channel];
    let delta = stepSizeOf(raw, p.positive);
    let entered = delta * x[at];
`;

/** A step, and its output: y = C h + D x. */
export const STEP_WITH_OUTPUT = `${STEP}
    var sum = constants[p.skip + channel] * x[at];
    for (var n = 0u; n < N; n++) {
      let decay = keep * exp(delta * constants[channel * N + n]);
      h[n] = decay * h[n] + entered * constants[p.input + matrix + n];
      sum += h[n] * constants[p.output + matrix + n];
    }
    y[at] = sum;`;

/**
 * A [inner, state], D and bias [inner], h, B, C, the resets and `between` concatenated: a kernel binds only eight
 * tensors.
 */
export function constantsOf(inputs: OpInputs, between?: Tensor): Tensor {
  const { stateMatrix, skip, stepBias, initialState, inputMatrix, outputMatrix, resets } = inputs;
  const parts = [stateMatrix!, skip!, stepBias!, initialState!, inputMatrix!, outputMatrix!];
  const more = [resets, between].filter((part) => part !== undefined);
  return tidy(() => concat([...parts, ...more].map((part) => reshape(part, [part.size]))));
}

export function parametersOf(inputs: OpInputs, attributes: ScanAttributes, sizes: ScanSizes) {
  const { batch, length, inner, state, groups, kept } = sizes;
  const skip = inner * state;
  const initial = skip + 2 * inner;
  const input = initial + batch * inner * state;
  const output = input + batch * length * groups * state;
  return {
    ...{ lanes: batch * inner, length, inner, groups, kept, chunk: gpuChunk(inputs, attributes) },
    ...{ positive: Number(attributes.softplus), packed: Number(inputs.resets !== undefined) },
    ...{ skip, bias: skip + inner, initial, input, output, resets: output + batch * length * groups * state },
    ...{ start: 0, count: length },
  };
}

/** Steps per chunk on a GPU: few, so that many chunks fit into the scratch buffer. */
const MOST_STEPS = 16;

/** The requested chunk length, or a shorter one. */
export function gpuChunk({ x }: OpInputs, { chunk }: ScanAttributes): number {
  return Math.min(chunk, x!.shape[1]!, MOST_STEPS);
}
