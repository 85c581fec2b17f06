import { Random } from '@sequitur/core';
import { describe, expect, it } from 'vitest';
import { NOT_ASKED, taskOf, tasks } from '../src/tasks/index.js';

const draw = (id: string, size: number, seed = 1) => taskOf(id).draw(Random.fromSeed(seed), size);
const asked = ({ labels }: { labels: readonly number[] }) => labels.filter((label) => label !== NOT_ASKED);

/** A task's question and answer, as people write them. */
function written(id: string, size: number, seed = 1) {
  const { symbols } = taskOf(id);
  const example = draw(id, size, seed);
  const text = (ids: readonly number[]) => ids.map((token) => symbols[token]).join('');
  const first = example.labels.findIndex((label) => label !== NOT_ASKED);
  return { question: text(example.inputs.slice(0, first + 1)), answer: text(asked(example)) };
}

describe.each(tasks)('$name', ({ id, symbols, size, chance }) => {
  it('has examples of one length, with labels in its vocabulary and a place for each that is asked', () => {
    for (const count of [size.minimum, size.default, 2 * size.default]) {
      const lengths = new Set<number>();
      for (let seed = 0; seed < 20; seed++) {
        const example = draw(id, count, seed);
        const { inputs, labels, places } = example;
        lengths.add(inputs.length);
        expect(labels).toHaveLength(inputs.length);
        expect(places).toHaveLength(asked(example).length);
        expect(places.length).toBeGreaterThan(0);
        expect([...inputs, ...asked(example)].every((token) => token >= 0 && token < symbols.length)).toBe(true);
      }
      expect(lengths.size).toBe(1);
    }
    expect(new Set(symbols).size).toBe(symbols.length);
    expect(chance).toBeGreaterThan(0);
  });

  it('is drawn the same from the same seed, and otherwise from another', () => {
    expect(draw(id, size.default, 3)).toEqual(draw(id, size.default, 3));
    expect(draw(id, size.default, 3)).not.toEqual(draw(id, size.default, 4));
  });
});

describe('answers are right', () => {
  it.each([1, 2, 3])('seed %i', (seed) => {
    const copy = written('copy', 9, seed);
    expect(copy.answer).toBe(copy.question.slice(0, -1));
    const reverse = written('reverse', 9, seed);
    expect([...reverse.answer].reverse().join('')).toBe(reverse.question.slice(0, -1));
    const sort = written('sort', 9, seed);
    expect(sort.answer).toBe([...sort.question.slice(0, -1)].sort().join(''));
    const { question, answer } = written('addition', 7, seed);
    const value = (digits: string) => Number([...digits].reverse().join(''));
    const [a, b] = question.slice(0, -1).split('+') as [string, string];
    expect(value(answer)).toBe(value(a) + value(b));
  });

  it('parity counts ones', () => {
    const { inputs, labels } = draw('parity', 30);
    let ones = 0;
    for (const [index, bit] of inputs.entries()) {
      ones += bit;
      expect(labels[index]).toBe(ones % 2);
    }
  });

  it('brackets close in order', () => {
    const { inputs, labels } = draw('dyck', 20, 5);
    const open: number[] = [];
    for (const [index, token] of inputs.entries()) {
      if (token < 3) open.push(token);
      else expect(token - 3).toBe(open.pop());
      if (labels[index] !== NOT_ASKED) expect(labels[index]! - 3).toBe(open.at(-1));
    }
  });

  it('recall asks for the value that stood behind the key, so many tokens back', () => {
    const example = draw('associative-recall', 12, 7);
    const { inputs, labels, places } = example;
    let question = 0;
    for (const [index, label] of labels.entries()) {
      if (label === NOT_ASKED) continue;
      const back = index - places[question++]!;
      expect(inputs[back]).toBe(inputs[index]);
      expect(inputs[back + 1]).toBe(label);
      expect(inputs.slice(0, 24).lastIndexOf(inputs[index]!)).toBe(back);
    }
    expect(question).toBe(12);
  });

  it('selective copying keeps the order, and induction what followed', () => {
    const { inputs, labels } = draw('selective-copying', 30, 2);
    const kept = inputs.filter((token) => token < 8);
    expect(labels.filter((label) => label !== NOT_ASKED)).toEqual(kept);
    const heads = draw('induction', 40, 2);
    const first = heads.inputs.indexOf(15);
    expect(heads.labels.at(-1)).toBe(heads.inputs[first + 1]);
    expect(heads.places).toEqual([39 - first]);
  });
});
