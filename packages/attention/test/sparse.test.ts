import { expectClose, onEachBackend } from '@sequitur/laws';
import { dispose, randomNormal, type Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { bigBirdAttention, longformerAttention } from '../src/index.js';

const draw = (length: number) =>
  [1, 2, 3].map((seed) => randomNormal([1, length, 2, 4], 0, 1, 'float32', seed)) as [Tensor4D, Tensor4D, Tensor4D];

onEachBackend('Longformer attention', () => {
  it('accepts global tokens in any order and removes duplicates', async () => {
    const [query, key, value] = draw(9);
    const given = { query, key, value };
    const others = { query: key, key: value, value: query };
    const of = (globals: number[][]) => longformerAttention(given, others, { window: 2, globals });
    await expectClose(of([[7, 0, 7, 2]]), of([[0, 2, 7]]), 1e-6);
    expect(() => of([[9]])).toThrow('longformerAttention, globals: expected positions from 0 to 8, got 9');
    expect(() => of([[-1]])).toThrow('got -1');
    dispose([query, key, value]);
  });
});

describe('BigBird attention', () => {
  it('refuses blocks outside the sequence, and lists of another length', () => {
    const [query, key, value] = draw(12);
    const of = (random: number[][][]) => () => bigBirdAttention(query, key, value, { blockSize: 3, random });
    expect(of([[[3], [0]]])).not.toThrow();
    expect(of([[[4], [0]]])).toThrow('2 lists of blocks from 0 to 3');
    expect(of([[[0]]])).toThrow('bigBirdAttention, random: expected for one head, or for each of 2, 2 lists');
    expect(of([])).toThrow('got []');
    dispose([query, key, value]);
  });
});
