import { openBackend } from '@sequitur/core';
import { damageBytes, damageJson, fuzz, pick } from '@sequitur/laws';
import { expect, it } from 'vitest';
import { parseRecords } from '../src/scaling/parse-records.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const lines = [
  {
    ...{ type: 'sweep', version: 2, command: 'bench scaling', started: '2026-01-01T00:00:00.000Z' },
    machine: { processor: 'x', cores: 2, node: 'v20' },
    settings: {
      ...{
        architectures: ['GRU'],
        backend: 'cpu',
        modes: ['train'],
        lengths: [16],
        rounds: 2,
        timeLimit: 10,
        width: 8,
      },
      ...{ depth: 1, heads: 2, vocabularySize: 11, matchedBy: 'parameters', clock: 'wall', threads: 1 },
    },
  },
  { type: 'peak', length: 16, flopsPerSecond: 1e9 },
  { type: 'architecture', architecture: 'GRU', family: 'recurrent', parameters: 100, knob: 'width' },
  {
    ...{ type: 'point', architecture: 'GRU', mode: 'train', length: 16, outcome: 'measured', times: [1.5, 1.25] },
    ...{ tokens: 16, peakBytes: 4096, stateBytes: 64, declaredStateBytes: 64, flops: 1000, declaredFlops: 1000 },
  },
].map((record) => JSON.stringify(record));

it('whatever a file of results holds, it is read or refused', { timeout: 20_000_000 }, async () => {
  await openBackend('cpu');
  const { read, refused } = await fuzz(
    {
      name: 'results of bench',
      draw: (random) => {
        const line = pick(random, lines);
        const damage = random.uniform() < 0.8 ? damageJson : damageBytes;
        const changed = decoder.decode(damage(encoder.encode(line), random));
        return lines.map((other) => (other === line ? changed : other)).join('\n');
      },
      bytesIn: (text) => text.length,
      read: async (text) => void parseRecords(text, 'results.jsonl'),
    },
    400,
  );
  expect(Math.min(read, refused)).toBeGreaterThan(0);
});
