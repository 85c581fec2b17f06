import { readFile, writeFile } from 'node:fs/promises';
import { initialize, openBackend } from '@sequitur/core';
import { matMul, ones, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { candidates } from '../src/candidates.js';
import { attentionTime } from '../src/measure/attention-time.js';
import { htmlReport } from '../src/report/html.js';
import { makeCell } from '../src/scaling/cells.js';
import { countFlops } from '../src/scaling/count-flops.js';
import { crossovers, fitPowerLaw } from '../src/scaling/fit.js';
import { matchKnob } from '../src/scaling/match.js';
import { participants } from '../src/scaling/plan.js';
import type { ResultRecord, SweepSettings } from '../src/scaling/records.js';
import { readRecords } from '../src/scaling/results-file.js';
import { run } from '../src/scaling/run.js';
import { keyOf } from '../src/scaling/sweep.js';
import { resultsFile } from './results-file.js';

const settings: SweepSettings = {
  architectures: candidates.map(({ name }) => name),
  backend: 'wasm',
  modes: ['train', 'prefill', 'decode', 'encode'],
  lengths: [48, 80],
  rounds: 1,
  timeLimit: 60,
  width: 32,
  depth: 2,
  heads: 2,
  vocabularySize: 20,
  matchedBy: 'parameters',
  clock: 'wall',
  threads: 1,
};

beforeAll(async () => {
  await openBackend('wasm', { threads: 1 });
});

describe('fits', () => {
  it('find the exponent of a power law, with a margin of 0 without noise', () => {
    const law = fitPowerLaw(
      [16, 32, 64, 128, 256].map((length) => ({ length, values: [3 * length ** 1.5, 3 * length ** 1.5] })),
    );
    expect(law?.exponent).toBeCloseTo(1.5, 6);
    expect(law?.margin).toBeCloseTo(0, 6);
    expect(law).toMatchObject({ from: 64, to: 256 });
  });

  it('omit values below the noise', () => {
    const observed = [16, 32, 64, 128].map((length) => ({ length, values: [length / 1000] }));
    expect(fitPowerLaw(observed, 0.04)).toBeNull();
  });

  it('widen their interval with the noise', () => {
    const scattered = (share: number) =>
      fitPowerLaw([16, 32, 64].map((length) => ({ length, values: [length * (1 + share), length * (1 - share)] })))!
        .margin;
    expect(scattered(0.1)).toBeGreaterThan(5 * scattered(0.01));
  });

  it('find crossings of curves between their common lengths', () => {
    const line = (power: number, factor: number) => [8, 32, 128].map((n) => [n, factor * n ** power] as const);
    const [length] = crossovers(line(1, 20), line(2, 1));
    expect(length).toBeCloseTo(20, 6);
    expect(crossovers(line(1, 1), line(2, 1))).toEqual([]);
  });
});

it('counts the operations of a computation, including a backward pass', () => {
  const { flops } = countFlops(() => tidy(() => matMul(ones([3, 4, 5]), ones([3, 5, 6])).shape));
  expect(flops).toBe(2 * 3 * 4 * 5 * 6);
});

it.each([
  ['dense GPT', 2, 4],
  ['Mamba', 0, 0],
])('counts the attention kernels that run in %s, each once', (name, inReading, inTraining) => {
  const shape = { vocabularySize: 11, width: 16, depth: 2, heads: 2, length: 9 };
  const candidate = candidates.find((each) => each.name === name)!.create(shape, 20);
  initialize(candidate.model, 1);
  for (const [mode, calls] of [
    ['prefill', inReading],
    ['train', inTraining],
  ] as const) {
    const cell = makeCell(candidate, mode, 9);
    let now = 0;
    expect(
      attentionTime(
        () => cell.run(),
        () => now++,
      ),
    ).toBe(calls);
    cell.dispose();
  }
  candidate.model.dispose();
});

it('matches a knob to the wanted size, or throws', () => {
  const candidate = { name: 'squares', knob: 'side' };
  expect(matchKnob(candidate, 1000, (knob) => knob * knob)).toBe(32);
  expect(() => matchKnob(candidate, 6, (knob) => knob * knob * knob)).toThrow(/within 3 %/);
});

describe('a sweep', () => {
  it('matches every architecture within 3 %', () => {
    const counts = participants(candidates, settings).map(({ record }) => record.parameters);
    for (const count of counts) expect(Math.abs(count / counts[0]! - 1)).toBeLessThan(0.03);
  });

  it('measures the declared operations and state bytes, and resumes after an interruption', async () => {
    const results = await resultsFile();
    const few = ['dense GPT', 'RMT', 'Mamba', 'sparse encoder (Longformer style)', 'encoder-decoder (T5)'];
    const options = { candidates, settings: { ...settings, architectures: few }, results, command: 'a test' };
    const whole = await run(options);
    const points = whole.filter((record) => record.type === 'point');
    expect(points.map(({ outcome, detail }) => detail ?? outcome)).toEqual(points.map(() => 'measured'));
    const found = points.map(({ flops, stateBytes, ...point }) => ({ point: keyOf(point), flops, stateBytes }));
    const declared = points.map(({ declaredFlops, declaredStateBytes, ...point }) => {
      return { point: keyOf(point), flops: declaredFlops, stateBytes: declaredStateBytes };
    });
    expect(found).toEqual(declared);

    const lines = (await readFile(results, 'utf8')).split('\n');
    await writeFile(results, `${lines.slice(0, -8).join('\n')}\n${lines.at(-2)!.slice(0, 30)}`);
    const resumed = await run(options);
    const keys = (records: readonly ResultRecord[]) =>
      records
        .filter((record) => record.type === 'point')
        .map(keyOf)
        .sort();
    expect(keys(resumed)).toEqual(keys(whole));
    expect(keys(await readRecords(results))).toEqual(keys(whole));
  });

  it('resumes results of versions without threads: they had one', async () => {
    const results = await resultsFile();
    const small = { ...settings, architectures: ['dense GPT'], modes: ['decode' as const], lengths: [8] };
    const options = { candidates, settings: small, results, command: 'a test' };
    const records = await run(options);
    const text = await readFile(results, 'utf8');
    const before = text.replace(/,"threads":1(?=})/, '');
    expect(before).not.toBe(text);
    await writeFile(results, before);
    expect(await run(options)).toEqual(records);
    expect(htmlReport(await readRecords(results))).toMatch(/backend wasm, one thread/);
  });

  it('refuses corrupt lines with their number, and results of another sweep', async () => {
    const results = await resultsFile();
    const small = { ...settings, architectures: ['dense GPT'], modes: ['decode' as const], lengths: [8] };
    await run({ candidates, settings: small, results, command: 'a test' });
    await expect(run({ candidates, settings: { ...small, rounds: 2 }, results, command: 'a test' })).rejects.toThrow(
      /others/,
    );
    const lines = (await readFile(results, 'utf8')).split('\n');
    lines[2] = lines[2]!.replace('"type":"peak"', '"type":"peek"');
    await writeFile(results, lines.join('\n'));
    await expect(readRecords(results)).rejects.toThrow(/line 3/);
    lines[2] = '{';
    await writeFile(results, lines.join('\n'));
    await expect(readRecords(results)).rejects.toThrow(/line 3/);
  });
});
