/**
 * Times the selective scan: state updates per second forward and with the backward, how time grows with the length, and
 * how much memory a backward takes beside its inputs and outputs.
 *
 *     pnpm exec tsx packages/ssm/bench/selective-scan.ts [backend] [longest]
 */
import { type BackendName, openBackend, Random, sizeOf } from '@sequitur/core';
import { dispose, grads, sum, type Tensor, type Tensor2D, type Tensor3D, tensor, tidy } from '@tensorflow/tfjs-core';
import { selectiveScan } from '../src/index.js';
import { selectiveScanReference } from '../src/selective-scan/reference.js';
import type { ScanTensors } from '../src/selective-scan/tensors.js';

const [backendName = 'wasm', longest = '16384'] = process.argv.slice(2);
const backend = await openBackend(backendName as BackendName);
const [inner, state] = [1536, 16];

function draw(shape: number[], seed: string, scale = 1): Tensor {
  const random = Random.fromSeed(seed);
  return tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => scale * (random.uniform() - 0.5)),
    shape,
  );
}

function tensorsOf(length: number, channels = inner): ScanTensors {
  return {
    x: draw([1, length, channels], 'x'),
    stepSize: draw([1, length, channels], 'step'),
    stateMatrix: tensor(
      Float32Array.from({ length: channels * state }, (_, i) => -1 - (i % state)),
      [channels, state],
    ),
    inputMatrix: draw([1, length, 1, state], 'B'),
    outputMatrix: draw([1, length, 1, state], 'C'),
    skip: draw([channels], 'D'),
    stepBias: draw([channels], 'bias'),
    initialState: draw([1, channels, state], 'h'),
  };
}

const scan = ({ x, stepSize, stateMatrix, ...rest }: ScanTensors) =>
  selectiveScan({
    x: x as Tensor3D,
    stepSize: stepSize as Tensor3D,
    stateMatrix: stateMatrix as Tensor2D,
    ...(rest as { inputMatrix: Tensor; outputMatrix: Tensor; skip: Tensor; stepBias: Tensor; initialState: Tensor3D }),
  });

/** The median of five, in seconds. */
async function seconds(run: () => void, repeats = 5): Promise<number> {
  run();
  await backend.sync();
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    run();
    await backend.sync();
    times.push((performance.now() - start) / 1000);
  }
  return times.sort((a, b) => a - b)[Math.floor(repeats / 2)]!;
}

function forward(tensors: ScanTensors): void {
  const { y, state: last } = scan(tensors);
  dispose([y, last]);
}

function forwardAndBackward(tensors: ScanTensors): void {
  const names = Object.keys(tensors) as (keyof ScanTensors)[];
  const of = (...values: Tensor[]) => {
    const given = Object.fromEntries(names.map((name, i) => [name, values[i]!])) as unknown as ScanTensors;
    return tidy(() => sum(scan(given).y));
  };
  dispose(grads(of)(names.map((name) => tensors[name]!)));
}

const updates = (length: number) => length * inner * state;
const lengths = [1024, 2048, 4096, 8192, 16384, 32768, 65536].filter((length) => length <= Number(longest));
const points: { length: number; forward: number; both: number }[] = [];
for (const length of lengths) {
  const tensors = tensorsOf(length);
  const once = await seconds(() => forward(tensors));
  const before = backend.memory().live;
  backend.resetPeak();
  forwardAndBackward(tensors);
  const peak = backend.memory().peak - before;
  const both = await seconds(() => forwardAndBackward(tensors), 3);
  const held = Object.values(tensors).reduce((bytes, { size }) => bytes + size * 4, 0) + length * inner * 4;
  console.log(
    `length ${length}: forward ${(updates(length) / once / 1e6).toFixed(0)} M updates/s, with backward ` +
      `${(updates(length) / both / 1e6).toFixed(0)} M/s; memory ${((peak + held - length * inner * 4) / held).toFixed(2)} x inputs and outputs`,
  );
  points.push({ length, forward: once, both });
  dispose(Object.values(tensors));
}
const slope = (of: 'forward' | 'both') => {
  const [first, last] = [points[0]!, points.at(-1)!];
  return Math.log(last[of] / first[of]) / Math.log(last.length / first.length);
};
if (points.length > 1)
  console.log(`exponent: forward ${slope('forward').toFixed(3)}, with backward ${slope('both').toFixed(3)}`);

const small = tensorsOf(256, 64);
const attributes = { softplus: true, chunk: 64, remember: false };
const fused = await seconds(() => forward(small));
const composed = await seconds(() => dispose(selectiveScanReference(small, attributes)), 3);
console.log(`length 256, inner 64: ${(composed / fused).toFixed(1)} x the composition of stock operations`);
