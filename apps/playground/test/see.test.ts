import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../src/protocol/index.js';
import { COST_LENGTH, type Way, WINDOW } from '../src/protocol/see.js';
import { usualSampling } from '../src/protocol/write.js';
import example from '../src/rooms/see/example.json';
import { memoryStore } from '../src/worker/storage/store.js';
import { connect } from './in-process.js';

/** Every number of a tree, in order. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const parts = ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : Object.values(value);
  return parts.flatMap(numbersIn);
}

const ref = 'site:stories-gpt';
const text = 'The king saw the old woman before he';

describe('seeing in the worker', () => {
  let engine: Engine;
  let close: () => void;
  beforeAll(() => {
    ({ engine, close } = connect(memoryStore()));
  });
  afterAll(() => close());

  it('opens a forward pass up: weights add up to one, and nobody looks ahead', async () => {
    const { tokens, layers, heads, weights, entering, leaving, next, width } = await engine.call('see.read', {
      ref,
      text,
    });
    expect(tokens.map((token) => token.text).join('')).toBe(text);
    expect({ layers, heads, width }).toEqual({ layers: 4, heads: 4, width: 128 });
    const length = tokens.length;
    expect(weights).toHaveLength(layers * heads * length ** 2);
    for (let row = 0; row < layers * heads * length; row++) {
      const own = Array.from(weights).slice(row * length, (row + 1) * length);
      expect(own.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
      expect(own.slice((row % length) + 1).every((weight) => weight === 0)).toBe(true);
    }
    expect(tokens).toEqual(example.seen.tokens);
    expect([...entering, ...leaving].every((vector) => vector.length === 16 && vector.every(Number.isFinite))).toBe(
      true,
    );
    expect(next).toHaveLength(length);
    expect(next.every((words) => words[0]!.probability >= words[5]!.probability)).toBe(true);
  });

  it('shows one head whose scores, softmax and sum are those of the package', async () => {
    const { weights, heads, tokens, turns, busy, hiddenWidth, headSize } = await engine.call('see.read', { ref, text });
    const length = tokens.length;
    const { scores, queries, sums, values } = await engine.call('see.head', { ref, text, layer: 2, head: 2 });
    for (let query = 0; query < length; query++) {
      const start = ((2 * heads + 2) * length + query) * length;
      const own = Array.from(weights).slice(start, start + query + 1);
      const powers = Array.from(scores)
        .slice(query * length, query * length + query + 1)
        .map(Math.exp);
      const total = powers.reduce((sum, power) => sum + power, 0);
      for (const [key, power] of powers.entries()) expect(own[key]).toBeCloseTo(power / total, 4);
      const sum = own.reduce((so, weight, key) => so + weight * values[key]![0]!, 0);
      expect(sums[query]![0]).toBeCloseTo(sum, 4);
    }
    expect(queries[0]).toHaveLength(16);
    // RoPE turns the first pair by one radian a token, and pair i by 10000^(-2 i / headSize).
    for (const { pair, angles } of turns) {
      const speed = 10000 ** ((-2 * pair) / headSize);
      for (const [place, angle] of angles.entries()) expect(Math.cos(angle)).toBeCloseTo(Math.cos(place * speed), 5);
    }
    expect(busy.flat().every((count) => count > 0 && count < hiddenWidth)).toBe(true);
  });

  it('reads the same sentence in other ways, and says what they cost', async () => {
    const { ways } = await engine.call('see.head', { ref, text, layer: 2, head: 2 });
    expect(ways.map(({ name }) => name)).toEqual(['attention', 'window', 'memory', 'mamba']);
    const length = Math.sqrt(ways[0]!.weights.length);
    for (const { weights } of ways) {
      for (let query = 0; query < length; query++) {
        const row = Array.from(weights).slice(query * length, (query + 1) * length);
        expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 4);
        expect(row.slice(query + 1).every((weight) => weight === 0)).toBe(true);
      }
    }
    const [attention, window, memory, mamba] = ways as [Way, Way, Way, Way];
    for (let cell = 0; cell < length ** 2; cell++) {
      const [query, key] = [Math.floor(cell / length), cell % length];
      expect(window.weights[cell]! > 0).toBe(key <= query && query - key < WINDOW);
    }
    // Four layers of keys and values of 128 numbers, four bytes each.
    expect(attention.stateBytes).toBe(4 * COST_LENGTH * 2 * 128 * 4);
    expect(attention.exponent).toBeGreaterThan(1.5);
    for (const { stateBytes, exponent } of [window, memory, mamba]) {
      expect(stateBytes).toBeLessThan(attention.stateBytes / 10);
      expect(exponent).toBeCloseTo(1, 1);
    }
    expect(window.layers).toBe(Math.ceil((length - 1) / 3));
  });

  it('begins with an example that is current: run `see-example` where this fails', async () => {
    const now = {
      seen: await engine.call('see.read', { ref, text: example.text }),
      view: await engine.call('see.head', { ref, text: example.text, layer: example.layer, head: example.head }),
    };
    const kept = numbersIn({ seen: example.seen, view: example.view });
    const fresh = numbersIn(now);
    expect(fresh.length).toBe(kept.length);
    for (const [index, value] of kept.entries())
      expect(Math.abs(value - fresh[index]!)).toBeLessThan(2e-3 * Math.max(1, Math.abs(value)));
  });

  it('guesses what Write guesses', async () => {
    const settings = { ...usualSampling, temperature: 0, repetitionPenalty: 1 };
    const { next } = await engine.call('see.read', { ref, text });
    const { alternatives } = await engine.call('write.next', { ref, prompt: text, written: [], settings });
    for (const [index, { text: word, probability }] of next.at(-1)!.entries()) {
      expect(alternatives[index]!.text).toBe(word);
      expect(alternatives[index]!.probability).toBeCloseTo(probability, 5);
    }
  });

  it('refuses an empty sentence', async () => {
    await expect(engine.call('see.read', { ref, text: '' })).rejects.toThrow(/some words/);
  });
});
