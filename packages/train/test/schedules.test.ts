import { expect, it } from 'vitest';
import {
  constantRate,
  warmUpThenConstant,
  warmUpThenCosine,
  warmUpThenInverseSquareRoot,
  warmUpThenLinear,
} from '../src/index.js';

const warmUp = { peak: 2, warmUp: 10 };
const options = { ...warmUp, steps: 110 };

it('every warm-up rises from the first step to the peak', () => {
  for (const schedule of [
    warmUpThenConstant(warmUp),
    warmUpThenCosine(options),
    warmUpThenLinear(options),
    warmUpThenInverseSquareRoot(warmUp),
  ]) {
    expect([1, 5, 10].map(schedule)).toEqual([0.2, 1, 2]);
  }
});

it('what follows is the peak, a cosine, a line, an inverse root, each by its formula', () => {
  expect(constantRate(0.3)(99)).toBe(0.3);
  expect(warmUpThenConstant(warmUp)(1000)).toBe(2);
  const cosine = warmUpThenCosine({ ...options, lowest: 1 });
  expect(cosine(60)).toBeCloseTo(1.5);
  expect(cosine(35)).toBeCloseTo(1 + 0.5 * (1 + Math.SQRT1_2));
  expect([cosine(110), cosine(500)]).toEqual([1, 1]);
  expect(warmUpThenCosine(options)(110)).toBeCloseTo(0.2);
  const line = warmUpThenLinear(options);
  expect([line(35), line(60), line(110), line(500)]).toEqual([1.5, 1, 0, 0]);
  expect(warmUpThenInverseSquareRoot(warmUp)(40)).toBeCloseTo(1);
});
