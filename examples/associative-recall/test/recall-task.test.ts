import { expect, it } from 'vitest';
import { recallTexts } from '../recall-task.js';

const task = { facts: 3, keys: 5, values: 4, noises: 2, segmentLength: 6 };

it('asks in the last segment for the values of facts in the first', () => {
  const [batch] = [...take(recallTexts(task, { batchSize: 16, seed: '1', segments: 3 }), 1)];
  for (const [row, tokens] of batch!.inputs.entries()) {
    const labels = Array.from(batch!.labels[row]!);
    expect(tokens.length).toBe(18);
    const facts = new Map(
      Array.from(tokens)
        .slice(0, 3)
        .map((token) => [Math.floor(token / 4), token % 4]),
    );
    expect(facts.size).toBe(3);
    const asked = labels.flatMap((label, place) => (label < 0 ? [] : [place]));
    expect(asked).toEqual([15, 16, 17]);
    for (const place of asked) expect(labels[place]).toBe(25 + facts.get(tokens[place]! - 20)!);
  }
});

it('resumes from a position', () => {
  const options = { batchSize: 2, seed: '1', segments: 4, growEvery: 1 };
  const whole = [...take(recallTexts(task, options), 6)];
  const begun = recallTexts(task, options);
  [...take(begun, 3)];
  const resumed = recallTexts(task, options);
  resumed.resumeAt(begun.position);
  expect([...take(resumed, 3)]).toEqual(whole.slice(3));
  expect(new Set(whole.map(({ inputs }) => inputs[0]!.length)).size).toBeGreaterThan(1);
});

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let taken = 0;
  for (const item of items) {
    yield item;
    if (++taken === count) return;
  }
}
