import { expect, it } from 'vitest';
import { Random } from '../src/index.js';

const draw = (random: Random, count = 8) => Array.from({ length: count }, () => random.next());

it('gives the same stream for the same seed, and another for another', () => {
  expect(draw(Random.fromSeed(7))).toEqual(draw(Random.fromSeed(7)));
  expect(draw(Random.fromSeed('seven'))).toEqual(draw(Random.fromSeed('seven')));
  expect(draw(Random.fromSeed(7))).not.toEqual(draw(Random.fromSeed(8)));
  expect(draw(Random.fromSeed(7))).not.toEqual(draw(Random.fromSeed('7')));
});

it('forks by name alone: not by what was drawn before, nor by which forks there are', () => {
  const fresh = Random.fromSeed(1);
  const used = Random.fromSeed(1);
  draw(used, 100);
  used.fork('other');
  expect(draw(used.fork('weights'))).toEqual(draw(fresh.fork('weights')));
  expect(draw(fresh.fork('a').fork('b'))).not.toEqual(draw(fresh.fork('ab')));
  expect(draw(fresh.fork(1))).toEqual(draw(fresh.fork('1')));
});

it('continues from its state, which is plain JSON', () => {
  const random = Random.fromSeed(3);
  draw(random, 5);
  const again = Random.fromState(JSON.parse(JSON.stringify(random.state)));
  expect(draw(again)).toEqual(draw(random));
  expect(draw(again.fork('x'))).toEqual(draw(random.fork('x')));
});

it('draws evenly, and normally', () => {
  const random = Random.fromSeed(11);
  const count = 20_000;
  const uniform = Array.from({ length: count }, () => random.uniform());
  expect(uniform.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(mean(uniform)).toBeCloseTo(0.5, 1.7);
  const normal = Array.from({ length: count }, () => random.normal());
  expect(Math.abs(mean(normal))).toBeLessThan(0.03);
  expect(mean(normal.map((value) => value * value))).toBeCloseTo(1, 1);
  const counts = new Array<number>(7).fill(0);
  for (let i = 0; i < count; i++) counts[random.integer(7)]!++;
  for (const found of counts) expect(Math.abs(found / (count / 7) - 1)).toBeLessThan(0.06);
});

it('shuffles into every order, losing nothing', () => {
  const random = Random.fromSeed(5);
  const orders = new Set<string>();
  for (let i = 0; i < 200; i++) {
    const shuffled = random.shuffle([1, 2, 3]);
    expect([...shuffled].sort()).toEqual([1, 2, 3]);
    orders.add(shuffled.join(''));
  }
  expect(orders.size).toBe(6);
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
