import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../src/protocol/index.js';
import { memoryStore } from '../src/worker/storage/store.js';
import { connect } from './in-process.js';

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
      const own = weights.slice(row * length, (row + 1) * length);
      expect(own.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
      expect(own.slice((row % length) + 1).every((weight) => weight === 0)).toBe(true);
    }
    expect([...entering, ...leaving].every((vector) => vector.length === 16 && vector.every(Number.isFinite))).toBe(
      true,
    );
    expect(next).toHaveLength(length);
    expect(next.every((words) => words[0]!.probability >= words[5]!.probability)).toBe(true);
  });

  it('guesses what Write guesses', async () => {
    const settings = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 1 };
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
