import { SequiturError } from '@sequitur/core';
import { describe, expect, it } from 'vitest';
import { type LogitsProcessor, logitsProcessors as processors, type SequenceSoFar } from '../src/index.js';

const NEVER = -Infinity;
/** Entropy 1.142; the distances of surprise from it: 0.449, 0.062, 0.755, 1.854. */
const PROBABILITIES = [0.5, 0.3, 0.15, 0.05];

function after(processor: LogitsProcessor, scores: readonly number[], sequence: Partial<SequenceSoFar> = {}): number[] {
  const changed = Float32Array.from(scores);
  processor(changed, { tokens: [], promptLength: 0, ...sequence });
  return [...changed];
}

/** The tokens that are left of four with these probabilities. */
function left(processor: LogitsProcessor): number[] {
  const scores = after(processor, PROBABILITIES.map(Math.log));
  return [...scores.keys()].filter((token) => scores[token] !== NEVER);
}

describe('truncation by hand', () => {
  it.each<[string, LogitsProcessor, readonly number[]]>([
    ['topK 2', processors.topK(2), [0, 1]],
    ['topK 1, at least 3', processors.topK(1, { keep: 3 }), [0, 1, 2]],
    ['topK of all', processors.topK(9), [0, 1, 2, 3]],
    ['topP 0.7: the rarest are removed up to 0.3', processors.topP(0.7), [0, 1]],
    ['topP 0.96: none but the last', processors.topP(0.96), [0, 1, 2, 3]],
    ['topP 0.9: the last', processors.topP(0.9), [0, 1, 2]],
    ['topP 0.1, at least 2', processors.topP(0.1, { keep: 2 }), [0, 1]],
    ['minP 0.5: at least 0.25', processors.minP(0.5), [0, 1]],
    ['minP 0', processors.minP(0), [0, 1, 2, 3]],
    ['minP 1: the largest', processors.minP(1), [0]],
    ['typical 0.75: 0.3 and 0.5', processors.typical(0.75), [0, 1]],
    ['typical 0.2: 0.3', processors.typical(0.2), [1]],
    ['typical 0.2, at least 3', processors.typical(0.2, { keep: 3 }), [0, 1, 2]],
    ['epsilon 0.1', processors.epsilonCutoff(0.1), [0, 1, 2]],
    // min(0.4, sqrt(0.4) exp(-1.142)) = 0.202
    ['eta 0.4', processors.etaCutoff(0.4), [0, 1]],
    // min(0.01, ...) = 0.01
    ['eta 0.01', processors.etaCutoff(0.01), [0, 1, 2, 3]],
  ])('%s', (_, processor, tokens) => expect(left(processor)).toEqual(tokens));
});

describe('repetition by hand', () => {
  const scores = [1, 2, -3, 4, 0];
  const sequence = { tokens: [1, 2, 3, 1], promptLength: 2 };

  it('forbids what completes an n-gram that stands already', () => {
    expect(after(processors.noRepeatNgram(2), scores, sequence)).toEqual([1, 2, NEVER, 4, 0]);
    expect(after(processors.noRepeatNgram(3), scores, { tokens: [1, 2, 3, 1, 2] })).toEqual([1, 2, -3, NEVER, 0]);
    expect(after(processors.noRepeatNgram(3), scores, { tokens: [1, 2, 3, 2, 1] })).toEqual(scores);
    expect(after(processors.noRepeatNgram(1), scores, { tokens: [4, 0] })).toEqual([NEVER, 2, -3, 4, NEVER]);
    expect(after(processors.noRepeatNgram(4), scores, { tokens: [1, 2] })).toEqual(scores);
    const source = { tokens: [9, 3], promptLength: 1, source: [3, 0, 3, 2] };
    expect(after(processors.sourceNoRepeatNgram(2), scores, source)).toEqual([NEVER, 2, NEVER, 4, 0]);
  });

  it('makes tokens that stand already less likely, each once', () => {
    expect(after(processors.repetitionPenalty(2), scores, sequence)).toEqual([1, 1, -6, 2, 0]);
    expect(after(processors.sourceRepetitionPenalty(2), scores, sequence)).toEqual([1, 4, -1.5, 4, 0]);
    expect(after(processors.presencePenalty(0.5), scores, { tokens: [0, 3, 3], promptLength: 1 })).toEqual([
      1, 2, -3, 3.5, 0,
    ]);
    expect(after(processors.frequencyPenalty(0.5), scores, { tokens: [0, 3, 3], promptLength: 1 })).toEqual([
      1, 2, -3, 3, 0,
    ]);
    expect(after(processors.diversityPenalty(2), scores, { rivals: [1, 1, 4] })).toEqual([1, -2, -3, 4, -2]);
  });
});

it('forces the first and the last token, and no other', () => {
  const scores = [1, 2, 3];
  const at = (count: number) => ({ tokens: new Array<number>(2 + count).fill(0), promptLength: 2 });
  const [first, last] = [processors.forcedBosToken(1), processors.forcedEosToken([0, 2], 3)];
  expect([0, 1].map((count) => after(first, scores, at(count)))).toEqual([[NEVER, 0, NEVER], scores]);
  expect([1, 2, 3].map((count) => after(last, scores, at(count)))).toEqual([scores, [0, NEVER, 0], scores]);
});

it.each<[string, () => unknown]>([
  ...[0, 1.5, Number.NaN].map((k): [string, () => unknown] => [`topK ${k}`, () => processors.topK(k)]),
  ...[-0.1, 1.1, Number.NaN].map((p): [string, () => unknown] => [`topP ${p}`, () => processors.topP(p)]),
  ...[-0.1, 1.1].map((p): [string, () => unknown] => [`minP ${p}`, () => processors.minP(p)]),
  ...[0, 1].map((p): [string, () => unknown] => [`typical ${p}`, () => processors.typical(p)]),
  ...[0, 1].map((p): [string, () => unknown] => [`epsilonCutoff ${p}`, () => processors.epsilonCutoff(p)]),
  ...[0, 1].map((p): [string, () => unknown] => [`etaCutoff ${p}`, () => processors.etaCutoff(p)]),
  ...[0, -1, Infinity].map((p): [string, () => unknown] => [
    `repetitionPenalty ${p}`,
    () => processors.repetitionPenalty(p),
  ]),
  ...[-1, Infinity].map((p): [string, () => unknown] => [
    `diversityPenalty ${p}`,
    () => processors.diversityPenalty(p),
  ]),
  ...[-1, 0.5].map((t): [string, () => unknown] => [`forcedBosToken ${t}`, () => processors.forcedBosToken(t)]),
])('refuses %s', (name, create) => {
  expect(create).toThrow(SequiturError);
  expect(create).toThrow(name.split(' ')[0]);
});
