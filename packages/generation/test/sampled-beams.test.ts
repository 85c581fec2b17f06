import { Random } from '@sequitur/core';
import { expect, it } from 'vitest';
import { BeamGroup } from '../src/beams/beam-group.js';

it('sampled candidates continue in the order of their totals, as the best ones do', () => {
  const options = { earlyStopping: false, lengthPenalty: 1, candidates: 2, beams: 3, groups: 1 };
  const row = { limit: 5, tokens: [0], promptLength: 1 };
  const scores = [0.4, 0.3, 0.15, 0.1, 0.04, 0.01].map(Math.log);
  const orders = new Set<string>();
  for (let seed = 0; seed < 20; seed++) {
    const group = new BeamGroup(3, row as never, () => null, options as never);
    const random = Random.fromSeed(seed);
    const step = () => Array.from({ length: 3 }, () => Float32Array.from(scores));
    group.advance(step(), () => undefined, random);
    group.advance(step(), () => undefined, random);
    const totals = group.beams.map(({ total }) => total);
    expect(totals).toEqual([...totals].sort((a, b) => b - a));
    orders.add(group.beams.map(({ tokens }) => tokens.join()).join(' '));
  }
  expect(orders.size).toBeGreaterThan(3); // they are drawn
});
