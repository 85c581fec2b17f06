import { expect, it } from 'vitest';
import { spreadOf, winsOf } from '../spread.js';

it('computes the spread of runs, and the number of wins', () => {
  expect(spreadOf([2, 4, 6])).toEqual({ mean: 4, deviation: 2 });
  expect(spreadOf([3])).toEqual({ mean: 3, deviation: 0 });
  expect(winsOf([3, 2, 5], [1, 2, 6])).toBe('1 of 3');
});
