import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { wasmInstance } from '@sequitur/core';
import { backend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { candidates } from '../src/candidates.js';
import { kernelsOptions } from '../src/commands/kernels.js';
import { ATTENTION_LENGTHS } from '../src/kernels/attention.js';
import { titleOf } from '../src/kernels/contest.js';
import { measureTask } from '../src/kernels/measure-task.js';
import { startOneThreadProcess } from '../src/kernels/one-thread-process.js';
import { ratiosOf } from '../src/kernels/print.js';
import { measureKernels } from '../src/kernels/suite.js';
import { clocks } from '../src/measure/clock.js';
import { htmlReport } from '../src/report/html.js';
import type { SweepSettings } from '../src/scaling/records.js';
import { run } from '../src/scaling/run.js';
import { openStockBesideOurs } from '../src/stock/stock-backend.js';
import { resultsFile } from './results-file.js';

const timing = { rounds: 1, clock: clocks.wall };

describe('the options of bench kernels', () => {
  it('default to one thread', () => {
    expect(kernelsOptions([]).threads).toBe(1);
    expect(kernelsOptions(['--threads', '3']).threads).toBe(3);
  });

  it.each(['0', '1.5', '-2', 'two', ''])("refuse '%s' threads", (threads) => {
    expect(() => kernelsOptions([`--threads=${threads}`])).toThrow(/--threads: expected an integer above 0/);
  });

  it('accept the lengths of attention', () => {
    expect(kernelsOptions([]).lengths).toEqual(ATTENTION_LENGTHS);
    expect(kernelsOptions(['--lengths', '512,2048']).lengths).toEqual([512, 2048]);
    expect(() => kernelsOptions(['--lengths', '500'])).toThrow(/--lengths: expected one of 256, 512/);
  });

  it('refuse the CPU clock with several threads, before anything is opened', async () => {
    const options = kernelsOptions(['--threads', '2', '--clock', 'processor']);
    await expect(measureKernels(options).next()).rejects.toThrow(/clock 'processor': expected one thread.*2 threads/);
  });
});

/** More threads than the default on most machines. */
const THREADS = 3;

describe('three threads', () => {
  beforeAll(() => openStockBesideOurs({ threads: THREADS }));

  it('are those of the backend', async () => {
    expect(wasmInstance(backend())!.threads).toBe(THREADS);
    await expect(openStockBesideOurs({ threads: 1 })).rejects.toThrow(/threads of WebAssembly: expected 1, got 3/);
  });

  it.each([
    { suite: 'attention', spec: { length: 40, pattern: 'causal', backward: false } },
    {
      suite: 'matmul',
      spec: { title: 'small', batch: 1, m: 8, k: 12, n: 20, transposeA: false, transposeB: true },
    },
  ] as const)('are interleaved with one in $suite', async (task) => {
    const oneThread = await startOneThreadProcess({ fusedProducts: true, execArgv: ['--import', 'tsx'] });
    onTestFinished(oneThread.end);
    const speeds = await measureTask(task, { timing, threads: THREADS, oneThread });
    expect(speeds.map(({ contender, threads }) => titleOf(contender, threads))).toEqual([
      'Sequitur, 3 threads',
      'Sequitur, one thread',
      'tfjs, one thread',
      'onnxruntime-web, 3 threads',
      'onnxruntime-web, one thread',
      'peak, 3 threads',
      'peak, one thread',
    ]);
    for (const { speed } of speeds) expect(speed.median).toBeGreaterThan(0);
  });

  it('report a failure of the other process', async () => {
    const oneThread = await startOneThreadProcess({ fusedProducts: true, execArgv: ['--import', 'tsx'] });
    const spec = { length: -1, pattern: 'causal', backward: false } as const;
    await expect(oneThread.prepare({ suite: 'attention', spec })).rejects.toThrow();
    oneThread.end();
    await expect(oneThread.prepare({ suite: 'attention', spec })).rejects.toThrow(/the process with one thread ended/);
  });

  it("are part of a sweep's settings, which must match to resume", async () => {
    const settings: SweepSettings = {
      ...{ architectures: ['dense GPT'], backend: 'wasm', modes: ['prefill'], lengths: [8], rounds: 1, timeLimit: 60 },
      ...{
        width: 16,
        depth: 1,
        heads: 2,
        vocabularySize: 20,
        matchedBy: 'parameters',
        clock: 'wall',
        threads: THREADS,
      },
    };
    const sweepWith = async (other: Partial<SweepSettings>, results: string) =>
      run({ candidates, settings: { ...settings, ...other }, results, command: 'a test' });
    const results = await resultsFile();
    expect(htmlReport(await sweepWith({}, results))).toMatch(/backend wasm, 3 threads/);
    expect(await readFile(results, 'utf8')).toMatch(/"threads":3/);
    await expect(sweepWith({ threads: 1 }, await resultsFile())).rejects.toThrow(/threads of WebAssembly/);
    await expect(sweepWith({ clock: 'processor' }, await resultsFile())).rejects.toThrow(/expected one thread/);
  });
});

it('are an option of the command line', async () => {
  const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
  const args = ['--import', 'tsx', cli, 'kernels', '--only', 'attention', '--rounds', '1', '--threads', `${THREADS}`];
  const bench = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(bench, 'exit');
  onTestFinished(() => void bench.kill());
  let text = '';
  for await (const piece of bench.stdout) {
    text += piece;
    if (/peak, one thread.*\n/.test(text)) bench.kill();
  }
  await ended;
  expect(text).toMatch(/3 threads unless stated otherwise/);
  expect(text).toMatch(/Sequitur, 3 threads .*3 threads\/one [\d.]+\n.*Sequitur, one thread/);
  expect(text).toMatch(/onnxruntime-web, 3 threads .*\n.*onnxruntime-web, one thread/);
});

it('compares with as many threads, and several threads with one', () => {
  const record = (contender: string, threads: number, median: number) => ({
    ...{ suite: 'attention', task: 'some', contender, threads, unit: 'GFLOP/s' },
    speed: { count: 1, median, low: median, high: median },
  });
  const records = [
    record('Sequitur', 2, 60),
    record('Sequitur', 1, 30),
    record('onnxruntime-web', 2, 40),
    record('onnxruntime-web', 1, 24),
    record('tfjs', 1, 2),
  ];
  expect(records.map((each) => ratiosOf(each, records))).toEqual([
    ['2 threads/one 2.00'],
    [],
    ['Sequitur/onnxruntime-web 1.50', '2 threads/one 1.67'],
    ['Sequitur/onnxruntime-web 1.25'],
    ['Sequitur/tfjs 15.00'],
  ]);
  const several = [records[0]!, records[4]!];
  expect(ratiosOf(several[1]!, several)).toEqual(['Sequitur, 2 threads/tfjs 30.00']);
});
