import { expect, it } from 'vitest';
import { interleaved } from '../src/measure/interleave.js';
import { spreadOf, summarize } from '../src/measure/statistics.js';
import { milliseconds } from '../src/report/format.js';

it('interpolates medians and quartiles', () => {
  expect(summarize([4, 1, 3, 2])).toEqual({ count: 4, median: 2.5, low: 1.75, high: 3.25 });
  expect(spreadOf({ count: 4, median: 2.5, low: 1.75, high: 3.25 })).toBeCloseTo(0.3);
});

it('times contenders in turn, without their setup and without the warm-up', async () => {
  const order: string[] = [];
  let now = 0;
  const contender = (name: string, cost: number) => ({
    name,
    prepare: () => {
      now += 100;
    },
    run: () => {
      order.push(name);
      now += cost;
    },
  });
  const times = await interleaved([contender('a', 2), contender('b', 5)], {
    rounds: 2,
    leastTime: 6,
    clock: () => now,
  });
  expect(times).toEqual(
    new Map([
      ['a', [2, 2]],
      ['b', [5, 5]],
    ]),
  );
  expect(order.join('')).toBe('abaaabbaaabb');
});

it('writes milliseconds in digits, also if they round up to a hundred', () => {
  expect([0.123, 9.96, 99.4, 99.6, 100.4, 12_345].map(milliseconds)).toEqual([
    '0.12 ms',
    '10 ms',
    '99 ms',
    '100 ms',
    '100 ms',
    '12.3 s',
  ]);
});
