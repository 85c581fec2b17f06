import {
  channelRanges,
  linearScan,
  openBackend,
  Random,
  type Range,
  type WasmInstance,
  wasmInstance,
} from '@sequitur/core';
import { drawNormal, expectSameOnThreads } from '@sequitur/laws';
import {
  backend,
  concat,
  exp,
  grads,
  type KernelBackend,
  mul,
  neg,
  reshape,
  sum,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeEach, expect, it, vi } from 'vitest';
import { causalConvolution, selectiveScan } from '../src/index.js';
import { gradientParts } from '../src/ops/selective-scan/wasm/gradient-parts.js';
import { stateSpaceKernels } from '../src/wasm-kernels.js';

beforeEach(async () => void (await openBackend('cpu')));

type Inputs = Readonly<Record<string, Tensor>>;

/** An operation and its differentiable tensors. */
interface Case {
  readonly inputs: Inputs;
  compute(inputs: Inputs): Tensor[];
}

const one = <T>(random: Random, ...items: readonly T[]): T => items[random.integer(items.length)]!;

/** Evaluates a case on the current backend: its outputs, and the gradient of a weighted sum of them by every input. */
function evaluate(create: () => Case): Record<string, Tensor> {
  return tidy(() => {
    const { inputs, compute } = create();
    const names = Object.keys(inputs);
    const weighted = (...given: Tensor[]) => {
      const outputs = compute(Object.fromEntries(names.map((name, index) => [name, given[index]!])));
      const row = concat(outputs.map((output) => reshape(output, [-1])));
      return sum(mul(row, drawNormal(row.shape, 'weights')));
    };
    const gradients = grads(weighted)(Object.values(inputs));
    const outputs = compute(inputs).map((output, index) => [`output ${index}`, output] as const);
    return Object.fromEntries([...outputs, ...names.map((name, index) => [`d ${name}`, gradients[index]!] as const)]);
  });
}

/** Expects the cases of `rounds` seeds to be the same on several threads, where both kernels run in parts. */
async function expectSame(
  create: (random: Random) => Case,
  rounds: number,
  [forward, backward]: readonly [string, string],
  kernelsOf: (backend: KernelBackend) => Pick<WasmInstance, 'runAll'> | null = stateSpaceKernels as never,
): Promise<void> {
  const cut = new Map<string, number>();
  const onOpen = () => {
    const wasm = kernelsOf(backend() as KernelBackend)!;
    const { runAll } = wasm;
    vi.spyOn(wasm, 'runAll').mockImplementation((kernel, calls, isShared = true) => {
      if (isShared && calls.length > 1) cut.set(kernel, 1 + (cut.get(kernel) ?? 0));
      runAll(kernel, calls, isShared);
    });
  };
  for (let round = 0; round < rounds; round++) {
    const compute = () => evaluate(() => create(Random.fromSeed(`threads, round ${round}`)));
    await expectSameOnThreads(compute, { tolerance: 2e-5, onOpen });
  }
  expect(cut.get(forward)).toBeGreaterThan(rounds / 2);
  expect(cut.get(backward)).toBeGreaterThan(rounds / 2);
}

/** 1 where a sequence begins. */
function drawResets(random: Random, batch: number, length: number): Tensor {
  return tensor(
    Float32Array.from({ length: batch * length }, () => Number(random.integer(20) === 0)),
    [batch, length],
  );
}

it('selective scans have the same bits on one thread and on three', async () => {
  const create = (random: Random): Case => {
    const groups = one(random, 1, 1, 1, 2, 3, 9);
    const inner = groups === 1 ? 65 + random.integer(90) : groups * 4 * (1 + random.integer(Math.ceil(50 / groups)));
    const [batch, length, state] = [one(random, 1, 1, 2, 5), 60 + random.integer(60), 4 + random.integer(9)];
    const resets = one(random, true, false) ? drawResets(random, batch, length) : undefined;
    const options = { softplus: one(random, true, true, false), chunkLength: one(random, 64, 64, 29) };
    const step = drawNormal([batch, length, inner], 'step');
    return {
      inputs: {
        x: drawNormal([batch, length, inner], 'x'),
        stepSize: options.softplus ? step : exp(step),
        stateMatrix: neg(exp(drawNormal([inner, state], 'A', 0.5))),
        inputMatrix: drawNormal([batch, length, groups, state], 'B'),
        outputMatrix: drawNormal([batch, length, groups, state], 'C'),
        skip: drawNormal([inner], 'D'),
        stepBias: options.softplus ? drawNormal([inner], 'bias') : exp(drawNormal([inner], 'bias')),
        initialState: drawNormal([batch, inner, state], 'h'),
      },
      compute: (inputs) => {
        const { y, state: last } = selectiveScan({ ...inputs, resets } as never, options);
        return [y, last];
      },
    };
  };
  await expectSame(create, 12, ['scanForward', 'scanBackward']);
});

it('causal convolutions have the same bits on one thread and on three', async () => {
  const create = (random: Random): Case => {
    const [batch, length] = [one(random, 1, 1, 2, 5), 150 + random.integer(60)];
    const [channels, kernel] = [33 + random.integer(100), 2 + random.integer(4)];
    const activation = one(random, 'silu', 'none');
    return {
      inputs: {
        x: drawNormal([batch, length, channels], 'x'),
        weight: drawNormal([kernel, channels], 'w'),
        bias: drawNormal([channels], 'b'),
        state: drawNormal([batch, kernel - 1, channels], 's'),
      },
      compute: (inputs) => [causalConvolution(inputs as never, activation).y],
    };
  };
  await expectSame(create, 6, ['convolutionForward', 'convolutionBackward']);
});

it('linear scans have the same bits on one thread and on three', async () => {
  const create = (random: Random): Case => {
    const [batch, length, channels] = [one(random, 1, 1, 2, 3), 700 + random.integer(100), 101 + random.integer(30)];
    return {
      inputs: {
        decay: drawNormal([batch, length, channels], 'decay', 0.3),
        input: drawNormal([batch, length, channels], 'input'),
        initial: drawNormal([batch, channels], 'initial'),
      },
      compute: ({ decay, input, initial }) => [linearScan(decay as never, input as never, initial as never)],
    };
  };
  await expectSame(create, 3, ['linearScanForward', 'linearScanBackward'], wasmInstance);
});

const threads = (count: number, shouldParallelize = () => true) => ({ threads: count, shouldParallelize });
const large = (batch: number, channels: number) => ({ batch, channels, multiplications: 1e9 });

it('divides by sequences, and by whole cache lines of channels where sequences are few', () => {
  const range = (from: number, count: number) => ({ from, count });
  expect(channelRanges(threads(2), large(1, 101))).toEqual([
    { sequences: range(0, 1), channels: range(0, 32) },
    { sequences: range(0, 1), channels: range(32, 32) },
    { sequences: range(0, 1), channels: range(64, 37) }, // the last 5 are no line of their own
  ]);
  expect(channelRanges(threads(2), large(8, 101))).toEqual(
    [0, 2, 4, 6].map((from) => ({ sequences: range(from, 2), channels: range(0, 101) })),
  );
  expect(channelRanges(threads(3), large(2, 48))).toHaveLength(6);
  expect(
    channelRanges(
      threads(2, () => false),
      large(9, 101),
    ),
  ).toHaveLength(1);
  expect(channelRanges(threads(2), large(0, 101))).toEqual([]);
});

it('divides the backward pass of a scan independently of threads, inside groups or between them', () => {
  const widthOf = (parts: readonly Range[]) => parts.reduce((sum, { count }) => sum + count, 0);
  const counts = (inner: number, groups: number) => {
    const { parts, ofGroup } = gradientParts(inner, groups);
    expect(parts.map(({ from }) => from)).toEqual(parts.map((_, index) => widthOf(parts.slice(0, index))));
    expect(widthOf(parts)).toBe(inner);
    return [ofGroup, parts.map(({ count }) => count)];
  };
  expect(counts(1536, 1)).toEqual([8, Array.from({ length: 8 }, () => 192)]);
  expect(counts(102, 1)).toEqual([3, [32, 32, 38]]);
  expect(counts(7, 1)).toEqual([1, [7]]);
  expect(counts(192, 2)).toEqual([3, [32, 32, 32, 32, 32, 32]]);
  expect(counts(40, 2)).toEqual([1, [20, 20]]);
  expect(counts(72, 9)).toEqual([1, [16, 16, 16, 16, 8]]);
});
