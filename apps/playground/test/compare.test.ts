import { parseRecords } from '@sequitur/bench/page';
import { afterEach, describe, expect, it } from 'vitest';
import type { CompareProgress } from '../src/protocol/compare.js';
import { memoryStore } from '../src/worker/storage/store.js';
import { connect, TEXT } from './in-process.js';

describe('comparing in the worker', () => {
  const lines: { close: () => void }[] = [];
  afterEach(() => {
    for (const line of lines.splice(0)) line.close();
  });

  function open(store = memoryStore()) {
    const line = connect(store, async () => TEXT.repeat(4));
    lines.push(line);
    return line.engine;
  }

  const settings = {
    backend: 'wasm' as const,
    architectures: ['dense GPT', 'Mamba'],
    lengths: [32, 64, 128],
    rounds: 2,
    width: 16,
  };

  it('measures every point, tells of each on the way, and keeps a file that the bench reads', async () => {
    const store = memoryStore();
    const engine = open(store);
    const told: CompareProgress[] = [];
    const comparison = await engine.call('compare.measure', settings, { onPart: (part) => told.push(part) });
    const records = parseRecords(comparison.lines, 'the results');
    const points = records.filter((record) => record.type === 'point');
    expect(points.map(({ outcome, detail }) => detail ?? outcome)).toEqual(points.map(() => 'measured'));
    expect(points).toHaveLength(2 * 3 * 3);
    expect(told.at(-1)).toMatchObject({ done: 18, all: 18 });
    expect(comparison.curves.map(({ architecture, mode }) => `${architecture} ${mode}`)).toEqual(
      settings.architectures.flatMap((name) => ['train', 'prefill', 'decode'].map((mode) => `${name} ${mode}`)),
    );
    const state = (name: string) =>
      comparison.curves
        .find((curve) => curve.architecture === name && curve.mode === 'decode')!
        .points.map(({ stateBytes }) => stateBytes!);
    expect(state('dense GPT')[2]).toBeGreaterThan(state('dense GPT')[0]!);
    expect(new Set(state('Mamba')).size).toBe(1);
    const train = comparison.curves.find(({ mode }) => mode === 'train')!.points;
    const counted = train.map(({ flops, predicted }) => predicted.flops! / flops!);
    expect(counted.every((ratio) => Math.abs(ratio - 1) < 0.1)).toBe(true);
    const [first, second] = train as [(typeof train)[number], (typeof train)[number]];
    expect(first.predicted.time).toBeNull();
    expect(second.predicted.time).toBeCloseTo((first.time * second.predicted.flops!) / first.predicted.flops!, 6);
    const learnt = records.filter((record) => record.type === 'trained');
    expect(comparison.architectures.map(({ name, trained }) => [name, trained!.loss])).toEqual(
      settings.architectures.map((name) => [name, learnt.find(({ architecture }) => architecture === name)!.loss]),
    );
    // However few steps a busy machine takes in two seconds: below a guess among the 128 tokens.
    for (const { loss, steps } of learnt) {
      expect(steps).toBeGreaterThan(0);
      expect(loss).toBeLessThan(Math.log(128));
    }
    expect(await open(store).call('compare.last', undefined)).toEqual([comparison]);
  });

  it('stops where it is told to', async () => {
    const engine = open();
    const stop = new AbortController();
    const measuring = engine.call('compare.measure', settings, { signal: stop.signal, onPart: () => stop.abort() });
    await expect(measuring).rejects.toThrow(/abort/i);
    expect(await engine.call('compare.last', undefined)).toEqual([]);
  });

  it('names the line of a file that is corrupt, and keeps nothing of it', async () => {
    const engine = open();
    await expect(engine.call('compare.read', { lines: '{"type":"sweep"}\n' })).rejects.toThrow('the results, line 1');
    await expect(engine.call('compare.read', { lines: '' })).rejects.toThrow('points that were measured');
    expect(await engine.call('compare.last', undefined)).toEqual([]);
  });

  it('offers causal architectures of the bench by name and family', async () => {
    const choices = await open().call('compare.choices', undefined);
    expect(choices).toContainEqual({ name: 'dense GPT', family: 'dense' });
    expect(choices.some(({ family }) => family.startsWith('encoder'))).toBe(false);
  });
});
