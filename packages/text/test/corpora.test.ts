import { describe, expect, it } from 'vitest';
import { mobyDick, stateOfTheUnion } from '../src/corpora/books.js';
import {
  type Batches,
  consecutiveWindows,
  joinDocuments,
  packedWindows,
  randomWindows,
  shuffledBatches,
  shuffledWindows,
  type WindowBatch,
} from '../src/index.js';

const tokens = Int32Array.from({ length: 103 }, (_, index) => index);
const window = { length: 5, batchSize: 3 };
const documents = [[1, 2, 3], [], [4], [5, 6, 7, 8, 9, 10, 11], [12, 13, 14]];

const take = <Batch>(batches: Iterable<Batch>, count: number): Batch[] => {
  const taken: Batch[] = [];
  if (count === 0) return taken;
  for (const batch of batches) if (taken.push(batch) === count) break;
  return taken;
};

const streams: Record<string, (seed?: number) => Batches<WindowBatch>> = {
  random: (seed = 1) => randomWindows(tokens, { ...window, seed }),
  consecutive: () => consecutiveWindows(tokens, window),
  shuffled: (seed = 1) => shuffledWindows(tokens, { ...window, seed }),
  packed: () => packedWindows(documents, { length: 2, batchSize: 2, separator: 0 }),
};

describe.each(Object.entries(streams))('%s windows', (_, open) => {
  it('go on elsewhere exactly where they were left', () => {
    for (const before of [0, 1, 3]) {
      const whole = take(open(), before + 5);
      const stopped = open();
      take(stopped, before);
      const position = JSON.parse(JSON.stringify(stopped.position));
      const resumed = open();
      take(resumed, 2);
      resumed.resumeAt(position);
      expect(take(resumed, 5)).toEqual(whole.slice(before));
      expect(take(stopped, 5)).toEqual(whole.slice(before));
    }
  });

  it('label each token with the one after it', () => {
    for (const { inputs, labels } of take(open(), 4)) {
      for (const [row, ids] of inputs.entries()) expect(ids.slice(1)).toEqual(labels[row]!.slice(0, -1));
    }
  });

  it('refuse the position of other data', () => {
    const other = randomWindows(tokens.subarray(1), { ...window, seed: 1 });
    expect(() => open().resumeAt(other.position)).toThrow(/expected a position in these data/);
    expect(() => open().resumeAt(null)).toThrow(/expected a position/);
  });
});

describe('windows', () => {
  it('are the same for the same seed only', () => {
    for (const open of [streams.random!, streams.shuffled!]) {
      expect(take(open(1), 4)).toEqual(take(open(1), 4));
      expect(take(open(1), 4)).not.toEqual(take(open(2), 4));
    }
  });

  it('side by side cover the tokens once, and begin anew after the end', () => {
    const windows = consecutiveWindows(tokens, window);
    const starts = [...windows].flatMap(({ inputs }) => inputs.map((ids) => ids[0]));
    expect(starts).toEqual(Array.from({ length: 18 }, (_, index) => index * 5));
    expect([...windows]).toHaveLength(6);
  });

  it('in shuffled epochs cover the tokens once each, in another order', () => {
    const batches = take(shuffledWindows(tokens, { ...window, seed: 3 }), 12);
    const epochs = [batches.slice(0, 6), batches.slice(6)].map((epoch) =>
      epoch.flatMap(({ inputs }) => inputs.map((ids) => ids[0]!)),
    );
    for (const starts of epochs) expect(new Set(starts).size).toBe(18);
    expect(epochs[0]).not.toEqual(epochs[1]);
  });

  it('refuse texts that are too short', () => {
    expect(() => consecutiveWindows([1, 2], { length: 2, batchSize: 1 })).toThrow(/more than 2 tokens/);
  });
});

describe('documents', () => {
  it('are packed without padding, each token known by its document', () => {
    const [first, second] = [...packedWindows(documents, { length: 4, batchSize: 1, separator: 0 })];
    expect([...first!.inputs[0]!]).toEqual([1, 2, 3, 0]);
    expect([...first!.labels[0]!]).toEqual([2, 3, 0, 0]);
    expect([...second!.inputs[0]!]).toEqual([0, 4, 0, 5]);
    expect([...second!.documents[0]!]).toEqual([1, 2, 2, 3]);
  });

  it('can be joined to one list', () => {
    expect([...joinDocuments([[1], [2, 3]], 0)]).toEqual([1, 0, 2, 3, 0]);
    expect([...joinDocuments([[1], [2]])]).toEqual([1, 2]);
  });
});

describe('books', () => {
  it('are read from their packages', async () => {
    expect(await mobyDick()).toMatch(/Call me Ishmael\./);
    expect((await stateOfTheUnion()).length).toBeGreaterThan(200);
  });
});

describe('shuffled batches', () => {
  const items = Array.from({ length: 23 }, (_, id) => ({ id, length: 1 + ((id * 7) % 10) }));
  const open = (seed = 1, list = items) =>
    shuffledBatches(list, {
      source: { of: 'items' },
      ...{ batchSize: 4, seed },
      lengthOf: ({ length }) => length,
      collate: (chosen, random) => ({ ids: chosen.map(({ id }) => id), draw: random.integer(1000) }),
    });
  it('hold every item once an epoch, in another order each time, and draw anew', () => {
    const [first, second] = [take(open(), 6), take(open(), 12).slice(6)];
    for (const epoch of [first, second]) {
      expect(epoch.flatMap(({ ids }) => ids).sort((a, b) => a - b)).toEqual(items.map(({ id }) => id));
    }
    expect(first.map(({ ids }) => ids)).not.toEqual(second.map(({ ids }) => ids));
    expect(new Set([...first, ...second].map(({ draw }) => draw)).size).toBeGreaterThan(9);
    expect(take(open(2), 6)).not.toEqual(first);
  });

  it('put items of like length together', () => {
    const spreads = take(open(), 6).map(({ ids }) => {
      const lengths = ids.map((id) => items[id]!.length);
      return Math.max(...lengths) - Math.min(...lengths);
    });
    expect(Math.max(...spreads)).toBeLessThanOrEqual(3);
  });

  it('go on where they stopped, in the middle of an epoch and at its end', () => {
    for (const count of [2, 6, 9]) {
      const stopped = open();
      take(stopped, count);
      const resumed = open();
      resumed.resumeAt(JSON.parse(JSON.stringify(stopped.position)));
      expect(take(resumed, 5)).toEqual(take(open(), count + 5).slice(count));
    }
  });

  it('refuse to go on with other items', () => {
    const { position } = open();
    expect(() => open(1, items.slice(1)).resumeAt(position)).toThrow(/these data/);
  });
});
