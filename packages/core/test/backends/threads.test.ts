import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { backend, fill, type KernelBackend, matMul, setBackend, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { wasmInstance } from '../../src/backends/wasm/instance.js';
import { JobBoard } from '../../src/backends/wasm/threads/job-board.js';
import { ranges } from '../../src/backends/wasm/threads/ranges.js';
import { onSharedMemory } from '../../src/backends/wasm/threads/shared-memory.js';
import { closeBackend, linear, openBackend, Random, sizeOf } from '../../src/index.js';

afterEach(() => {
  vi.restoreAllMocks();
  closeBackend('wasm');
});

const instance = () => wasmInstance(backend() as KernelBackend)!;

function draw(shape: number[], random: Random): Tensor {
  return tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
    shape,
  );
}

/** [a, b, transposed a, transposed b]: many rows, many columns, many batches, few rows, a long inner side, no whole tile. */
const PRODUCTS: readonly [number[], number[], boolean, boolean][] = [
  [[700, 90], [90, 61], false, false],
  [[64, 33], [33, 1201], false, false],
  [[7, 70, 60], [7, 60, 71], false, false],
  [[2, 300, 40], [2, 77, 40], false, true],
  [[1, 512], [512, 2000], false, false],
  [[3, 512], [2000, 512], false, true],
  [[4, 515], [515, 517], false, false],
  [[600, 2], [600, 700], true, false],
  [[5000, 37], [5000, 41], true, false],
  [[401, 64], [64, 401], false, false],
];

async function products(): Promise<Float32Array[]> {
  const random = Random.fromSeed('products');
  const results = PRODUCTS.map(([a, b, transposeA, transposeB]) =>
    matMul(draw(a, random), draw(b, random), transposeA, transposeB),
  );
  results.push(linear(draw([3, 200, 50], random), draw([50, 70], random), draw([70], random)));
  return Promise.all(results.map((result) => result.data() as Promise<Float32Array>));
}

describe('threads', () => {
  it('gives the same bits on one thread and on three', async () => {
    await openBackend('wasm', { threads: 1 });
    const alone = await products();
    closeBackend('wasm');
    const { capabilities } = await openBackend('wasm', { threads: 3 });
    expect(capabilities.threads).toEqual({ found: true, detail: '3, on shared memory' });
    expect(instance().threads).toBe(3);
    const together = await products();
    for (const [index, values] of together.entries()) expect(values, `product ${index}`).toEqual(alone[index]);
    expect(alone[0]!.some((value) => value !== 0)).toBe(true);
  });

  it('runs each call of a job once, thousands of jobs on end', async () => {
    await openBackend('wasm', { threads: 3 });
    const wasm = instance();
    const [x, y] = [fill([64], 1), fill([64], 0)];
    const [one, sums] = [wasm.offset(x), wasm.offset(y)];
    // 16 calls, each y[part] += 1: a call left out or run twice shows in its part of the sums.
    const calls = ranges(64, 16).map(({ from, count }) => [count, one, sums + 4 * from, sums + 4 * from]);
    for (let job = 0; job < 5000; job++) wasm.runAll('add', calls);
    expect([...(await y.data())]).toEqual(new Array(64).fill(5000));
  });

  it('computes where memory has grown since the threads started', async () => {
    await openBackend('wasm', { threads: 2 });
    const large = Array.from({ length: 8 }, () => fill([2 ** 22], 1)); // 128 MiB
    const [a, b] = [fill([256, 256], 1), fill([256, 256], 2)];
    expect(instance().offset(b)).toBeGreaterThan(2 ** 26);
    expect(new Set(await matMul(a, b).data())).toEqual(new Set([512]));
    for (const tensor of large) tensor.dispose();
  });

  it('says where a kernel failed, whichever thread it was on, and goes on', async () => {
    await openBackend('wasm', { threads: 2 });
    const wasm = instance();
    const beyond = 2 ** 31;
    const calls = [1, 2, 3, 4].map(() => [16, beyond, beyond, beyond]);
    expect(() => wasm.runAll('add', calls)).toThrow(/threads, kernel 'add'.*one that failed.*threads: 1/s);
    const [a, b] = [fill([256, 256], 1), fill([256, 256], 2)];
    expect(new Set(await matMul(a, b).data())).toEqual(new Set([512]));
  });

  it('waits for a thread that does not answer once, and computes alone from then on', async () => {
    await openBackend('wasm', { threads: 2 });
    const terminate = vi.spyOn(Worker.prototype, 'terminate');
    const [a, b] = [fill([256, 256], 1), fill([256, 256], 2)];
    const finish = vi.spyOn(JobBoard.prototype, 'finish').mockReturnValue('lost');
    expect(() => matMul(a, b)).toThrow(/one that ended, or does not answer/);
    expect(terminate).toHaveBeenCalledTimes(1);
    expect(new Set(await matMul(a, b).data())).toEqual(new Set([512]));
    expect(finish).toHaveBeenCalledTimes(1);
  });

  it('ends its threads where the kernels do not load', async () => {
    const compile = WebAssembly.compile;
    vi.spyOn(WebAssembly, 'compile')
      .mockImplementationOnce((code) => compile(code as BufferSource)) // tfjs's own
      .mockRejectedValueOnce(new Error('no room for code'));
    const terminate = vi.spyOn(Worker.prototype, 'terminate');
    await expect(openBackend('wasm', { threads: 3 })).rejects.toThrow('no room for code');
    expect(terminate).toHaveBeenCalledTimes(1);
    const { capabilities } = await openBackend('wasm', { threads: 3 });
    expect(capabilities.threads).toMatchObject({ found: true });
    expect(new Set(await matMul(fill([256, 256], 1), fill([256, 256], 2)).data())).toEqual(new Set([512]));
  });

  it('opens once where it is asked twice at the same time', async () => {
    const both = [openBackend('wasm', { threads: 2 }), openBackend('wasm', { threads: 3 })];
    const [first, second] = await Promise.all(both);
    expect(second).toBe(first);
    expect(instance().threads).toBe(2);
  });

  it('takes one thread where it is asked to, and says so', async () => {
    const { capabilities } = await openBackend('wasm', { threads: 1 });
    expect(capabilities.threads).toMatchObject({ found: false, detail: 'one, as asked for' });
    expect(instance().threads).toBe(1);
  });

  it.each([0, -1, 1.5, 65, Number.NaN])('refuses %s threads', async (threads) => {
    await expect(openBackend('wasm', { threads })).rejects.toThrow(/threads.*integer from 1 to 64/s);
  });

  it('stays alone on a backend that tfjs opened by itself', async () => {
    await openBackend('wasm', { threads: 1 });
    closeBackend('wasm');
    await setBackend('wasm');
    const { capabilities } = await openBackend('wasm', { threads: 2 });
    expect(capabilities.threads).toMatchObject({ found: false, detail: expect.stringContaining('not shared') });
    expect(new Set(await matMul(fill([256, 256], 1), fill([256, 256], 2)).data())).toEqual(new Set([512]));
  });

  it('keeps no process alive', { timeout: 60_000 }, () => {
    const file = fileURLToPath(new URL('opens-threads.mts', import.meta.url));
    const { stdout, status } = spawnSync('npx', ['tsx', file], { encoding: 'utf8', timeout: 50_000 });
    expect({ stdout, status }).toEqual({ stdout: '512 on 2 threads\n', status: 0 });
  });
});

describe('a module on shared memory', () => {
  it('is refused where its memory has no maximum, and where it has none', () => {
    const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    expect(() => onSharedMemory(empty)).toThrow(/one memory with a maximum, got none/);
    expect(() => onSharedMemory(Uint8Array.of(...empty, 5, 3, 1, 0, 1))).toThrow(/memory flags 0/);
  });

  it('finds the memory behind imports of every other kind', () => {
    const name = [1, 0x65, 1, 0x65]; // "e" of the module "e"
    const imports = [
      ...[5],
      ...[...name, 0, 0], // a function of the first type
      ...[...name, 1, 0x70, 1, 1, 0x80, 1], // a table with a maximum
      ...[...name, 1, 0x70, 0, 1], // and one without
      ...[...name, 3, 0x7f, 0], // a global
      ...[...name, 2, 1, 1, 0x80, 1], // the memory
    ];
    const types = [1, 4, 1, 0x60, 0, 0];
    const module = Uint8Array.of(...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], ...types, 2, imports.length, ...imports);
    expect(WebAssembly.validate(module)).toBe(true);
    const shared = onSharedMemory(module);
    expect(WebAssembly.validate(shared)).toBe(true);
    const [, , , , memory] = WebAssembly.Module.imports(new WebAssembly.Module(shared));
    expect(memory).toMatchObject({ kind: 'memory' });
    expect([...shared.keys()].filter((index) => shared[index] !== module[index])).toHaveLength(1);
  });
});

it('cuts what there is into ranges that leave nothing out', () => {
  expect(ranges(10, 3)).toEqual([
    { from: 0, count: 4 },
    { from: 4, count: 4 },
    { from: 8, count: 2 },
  ]);
  expect(ranges(48, 4, 16).map(({ count }) => count)).toEqual([16, 16, 16]);
  expect(ranges(50, 3, 16)).toEqual([
    { from: 0, count: 32 },
    { from: 32, count: 18 },
  ]);
  expect(ranges(67, 3, 16)).toEqual([
    { from: 0, count: 32 },
    { from: 32, count: 35 }, // three rows alone would be multiplied in another way
  ]);
  expect(ranges(3, 2, 16)).toEqual([{ from: 0, count: 3 }]);
  expect(ranges(2, 8)).toHaveLength(2);
  expect(ranges(0, 8)).toEqual([]);
});
