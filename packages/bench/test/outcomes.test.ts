import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type BackendName, openBackend } from '@sequitur/core';
import { describe, expect, it } from 'vitest';
import { candidates } from '../src/candidates.js';
import { agreement, agreementInWords } from '../src/report/agreement.js';
import { analyse } from '../src/report/analysis.js';
import { inWords } from '../src/report/words.js';
import type { Candidate } from '../src/scaling/candidate.js';
import { forwardFlops } from '../src/scaling/declared-cost.js';
import { participants } from '../src/scaling/plan.js';
import type { PointRecord, ResultRecord, SweepSettings } from '../src/scaling/records.js';
import { readRecords } from '../src/scaling/results-file.js';
import { run } from '../src/scaling/run.js';
import { keyOf } from '../src/scaling/sweep.js';
import { resultsFile } from './results-file.js';

const settings: SweepSettings = {
  architectures: ['dense GPT', 'sliding window'],
  backend: 'wasm',
  modes: ['prefill', 'decode'],
  lengths: [8, 16, 24],
  rounds: 3,
  timeLimit: 60,
  width: 16,
  depth: 1,
  heads: 2,
  vocabularySize: 20,
  matchedBy: 'parameters',
  clock: 'wall',
  threads: 1,
};

/** Without an adapter the test is skipped, unless one is required. */
function absent(error: unknown): null {
  if (process.env.SEQUITUR_REQUIRE_WEBGPU === '1') throw error;
  return null;
}

function pointsOf(records: readonly ResultRecord[]): PointRecord[] {
  return records.filter((record) => record.type === 'point');
}

it('resumes after a kill during writing: every point once', { timeout: 400_000 }, async () => {
  const results = await resultsFile();
  const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
  const sizes = '--width 16 --depth 1 --rounds 2 --lengths 8,12,16,24 --modes prefill,decode --backend wasm';
  const args = `scaling --architectures dense^GPT,sliding^window ${sizes} --results ${results}`.split(' ');
  const command = ['--import', 'tsx', cli, ...args.map((arg) => arg.replaceAll('^', ' '))];
  const options = { cwd: fileURLToPath(new URL('..', import.meta.url)), stdio: 'ignore' } as const;
  const killed = spawn(process.execPath, command, options);
  const ended = once(killed, 'exit');
  const lines = async () => (await readFile(results, 'utf8').catch(() => '')).split('\n').length - 1;
  while ((await lines()) < 6 && killed.exitCode === null) await pause(1); // head, architectures, peak, then points
  killed.kill('SIGKILL');
  const [, signal] = await ended;
  expect(signal).toBe('SIGKILL');
  const before = pointsOf(await readRecords(results)).map(keyOf);
  expect(before.length).toBeGreaterThan(0);
  expect(before.length).toBeLessThan(16);

  const [code] = await once(spawn(process.execPath, command, options), 'exit');
  expect(code).toBe(0);
  const [head] = await readRecords(results);
  expect(head).toMatchObject({ type: 'sweep', settings: { backend: 'wasm', threads: 1 } });
  const after = pointsOf(await readRecords(results)).map(keyOf);
  const wanted = ['dense GPT', 'sliding window'].flatMap((architecture) =>
    (['prefill', 'decode'] as const).flatMap((mode) =>
      [8, 12, 16, 24].map((length) => keyOf({ architecture, mode, length })),
    ),
  );
  expect(after.toSorted()).toEqual(wanted.toSorted());
  expect(after.slice(0, before.length)).toEqual(before);
});

it('matches by operations within 3 %, and names a candidate that cannot be matched', () => {
  const costly = ['Transformer-XL', 'Mamba-2', 'Mesa']; // too many operations at this width even with the smallest feed-forward
  const names = candidates.map(({ name }) => name);
  const wanted = { ...settings, width: 32, depth: 2, lengths: [128], matchedBy: 'flops' as const };
  const architectures = names.filter((name) => !costly.includes(name));
  const flops = participants(candidates, { ...wanted, architectures }).map(({ create }) =>
    forwardFlops(create(128), 128),
  );
  for (const count of flops) expect(Math.abs(count / flops[0]! - 1)).toBeLessThan(0.03);
  expect(() => participants(candidates, { ...wanted, architectures: ['Transformer-XL'] })).toThrow(/within 3 %.*Omit/);
});

describe('the reason why a point is not measured is its result', () => {
  /** The first candidate, with a failure at longer lengths. */
  function troubled(trouble: () => void): Candidate[] {
    const [first] = candidates as [Candidate];
    return [
      {
        ...first,
        create: (shape, knob) => {
          const made = first.create(shape, knob);
          const { model } = made as { model: { step(...args: unknown[]): unknown } };
          const step = model.step.bind(model);
          model.step = (...args) => {
            if (shape.length > 8) trouble();
            return step(...args);
          };
          return made;
        },
      },
    ];
  }
  const alone = { ...settings, architectures: ['dense GPT'], modes: ['prefill' as const] };
  const sweepWith = async (trouble: () => void, timeLimit = 60) => {
    const own = { ...alone, timeLimit };
    return run({ candidates: troubled(trouble), settings: own, results: await resultsFile(), command: 'a test' });
  };

  it('an allocation that the engine refuses', async () => {
    const records = await sweepWith(() => new WebAssembly.Memory({ initial: 1 }).grow(65536));
    expect(pointsOf(records).map(({ outcome }) => outcome)).toEqual(['measured', 'out-of-memory', 'out-of-memory']);
    expect(pointsOf(records)[1]!.detail).toMatch(/memory/i);
    expect(pointsOf(records)[2]!.detail).toBe('as at a shorter length');
    expect(inWords(analyse(records))).toMatch(/dense GPT \(out-of-memory\)/);
  });

  it('an exceeded time limit', async () => {
    const busy = () => {
      for (const end = performance.now() + 300; performance.now() < end; );
    };
    const records = await sweepWith(busy, 0.25);
    expect(pointsOf(records).map(({ outcome }) => outcome)).toEqual(['measured', 'timed-out', 'timed-out']);
    expect(pointsOf(records)[1]!.detail).toMatch(/one run took 0\.[3-9] s/);
  });

  it('any other failure, with its message', async () => {
    const records = await sweepWith(() => {
      throw new Error('a shape that does not fit');
    });
    expect(pointsOf(records).map(({ outcome }) => outcome)).toEqual(['measured', 'failed', 'failed']);
    expect(pointsOf(records)[1]!.detail).toMatch(/a shape that does not fit/);
  });
});

it('measures on WebGPU, every point on a new device', { timeout: 240_000 }, async (context) => {
  const wanted = process.env.SEQUITUR_BACKENDS?.split(',') ?? ['webgpu'];
  const opened = wanted.includes('webgpu') && (await openBackend('webgpu').catch(absent));
  if (!opened) return context.skip('no WebGPU here');
  const backend: BackendName = 'webgpu';
  const small = {
    ...settings,
    architectures: ['dense GPT'],
    backend,
    lengths: [8],
    rounds: 1,
    modes: ['train', 'decode'],
  } satisfies SweepSettings;
  const records = await run({ candidates, settings: small, results: await resultsFile(), command: 'a test' });
  expect(pointsOf(records).map(({ detail, outcome }) => detail ?? outcome)).toEqual(['measured', 'measured']);
  for (const { flops, declaredFlops } of pointsOf(records)) expect(flops).toBe(declaredFlops);
});

describe('two runs of a sweep', () => {
  const point = (length: number, times: readonly number[]): PointRecord => ({
    ...{ type: 'point', architecture: 'dense GPT', mode: 'prefill', length, outcome: 'measured', tokens: length },
    ...{ times: [...times], flops: 10 * length },
  });
  const runOf = (...points: PointRecord[]): ResultRecord[] => [
    {
      ...{ type: 'sweep', version: 2, command: 'a test', started: '2026-01-01T00:00:00Z', settings },
      machine: { processor: 'some', cores: 1, node: 'v20' },
    },
    { type: 'architecture', architecture: 'dense GPT', family: 'dense attention', parameters: 1, knob: 'none' },
    ...points,
  ];

  it('agree if their quartiles overlap, and differ if not', () => {
    const first = runOf(point(8, [1, 1.1, 1.2]), point(16, [2, 2.1, 2.2]), point(24, [3, 3.1, 3.2]));
    const second = runOf(point(8, [1.1, 1.2, 1.3]), point(16, [4, 4.1, 4.2]));
    const found = agreement(first, second);
    expect(found.points.map(({ length, agrees }) => [length, agrees])).toEqual([
      [8, true],
      [16, false],
    ]);
    expect(found.unmatched).toEqual(['dense GPT prefill 24']);
    expect(found.different).toEqual([]);
    expect(agreementInWords(found)).toMatch(
      /1 of 2 times agree.*apart: dense GPT, prefill at 16: 2\.1 ms and 4\.1 ms/s,
    );
  });

  it('must have the same operations on any machine', () => {
    const other = { ...point(8, [1]), flops: 81 };
    expect(agreement(runOf(point(8, [1])), runOf(other)).different).toEqual(['dense GPT prefill 8']);
  });
});
