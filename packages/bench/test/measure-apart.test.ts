import { afterEach, describe, expect, it, vi } from 'vitest';
import { candidates } from '../src/candidates.js';
import { type ApartOptions, measureApart } from '../src/scaling/measure-apart.js';
import type { SweepSettings } from '../src/scaling/records.js';
import { readRecords } from '../src/scaling/results-file.js';
import { run } from '../src/scaling/run.js';
import { resultsFile } from './results-file.js';

const settings: SweepSettings = {
  architectures: ['dense GPT', 'sliding window'],
  backend: 'wasm',
  modes: ['prefill'],
  lengths: [8, 16, 24],
  rounds: 1,
  timeLimit: 60,
  width: 16,
  depth: 1,
  heads: 2,
  vocabularySize: 20,
  matchedBy: 'parameters',
  clock: 'wall',
  threads: 1,
};
const worker = new URL('./troubled-worker.mjs', import.meta.url);
const execArgv = ['--max-old-space-size=30'];

afterEach(() => vi.unstubAllEnvs());

async function sweepWith(trouble: string, options: ApartOptions = {}) {
  vi.stubEnv('TROUBLE', trouble);
  const results = await resultsFile();
  const measure = measureApart({ worker, execArgv, ...options });
  await run({ candidates, settings, results, measure, command: 'a test' });
  const points = (await readRecords(results)).filter((record) => record.type === 'point');
  return points.map(({ architecture, length, outcome, detail }) => ({ architecture, length, outcome, detail }));
}

describe('the death of a process is a result, and a new one measures the rest', () => {
  it.each([
    ['killed', 'out-of-memory', /its process was killed by SIGKILL/],
    ['full', 'out-of-memory', /its process was killed by SIG.*heap out of memory/i],
    ['silent', 'timed-out', /its process stopped reporting/],
  ] as const)('when it is %s', { timeout: 60_000 }, async (trouble, outcome, detail) => {
    const points = await sweepWith(trouble, trouble === 'silent' ? { patience: 2 } : {});
    expect(points.map((point) => [point.architecture, point.length, point.outcome])).toEqual([
      ['dense GPT', 8, 'measured'],
      ['sliding window', 8, 'measured'],
      ['dense GPT', 16, outcome],
      ['sliding window', 16, 'measured'],
      ['sliding window', 24, 'measured'],
    ]);
    expect(points[2]!.detail).toMatch(detail);
  });
});
