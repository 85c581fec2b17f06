import { byReference } from '@sequitur/core';
import { distance, drawNormal, expectAsReference, expectGradientOfDifferences, onEachBackend } from '@sequitur/laws';
import {
  concat,
  dispose,
  exp,
  grads,
  mul,
  neg,
  reshape,
  sigmoid,
  slice,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type DeltaRule, gatedDeltaRule, generalizedDeltaRule } from '../src/index.js';
import { chunkedDeltaRule } from '../src/ops/delta-rule/chunked.js';
import { inverseOfUnitTriangle } from '../src/ops/delta-rule/triangle.js';

/** The kinds of the rule: without what is read, with it written by the key, and by another one. */
const KINDS = { sums: 5, delta: 6, 'low rank': 7 } as const;
const [HEADS, KEY, VALUE] = [2, 5, 18];

/** query, key, value, logarithms of decays, initial state, removal, replacement. */
function inputsOf(batch: number, length: number, byRows: boolean, count: number): Tensor[] {
  const rows = [batch, length, HEADS];
  return [
    drawNormal([...rows, KEY], 'q'),
    drawNormal([...rows, KEY], 'k', 0.5),
    drawNormal([...rows, VALUE], 'v'),
    tidy(() => neg(exp(drawNormal([...rows, ...(byRows ? [KEY] : [])], 'g')))),
    drawNormal([batch, HEADS, KEY, VALUE], 's'),
    drawNormal([...rows, KEY], 'a', 0.5),
    drawNormal([...rows, KEY], 'b', 0.5),
  ].slice(0, count);
}

function ruleOf(values: readonly Tensor[], resets?: Tensor2D): DeltaRule {
  const [query, key, value, logDecay, initialState, removal, replacement] = values as Tensor4D[];
  return { ...{ query, key, value, logDecay, initialState, removal, replacement }, resets } as DeltaRule;
}

const joined = ({ y, state }: { y: Tensor; state: Tensor }) => concat([reshape(y, [-1]), reshape(state, [-1])]);
const resetsAt = (length: number, ...places: number[]) =>
  tensor(
    Array.from({ length }, (_, t) => Number(places.includes(t))),
    [1, length],
  ) as Tensor2D;

onEachBackend('generalized delta rule', (backend) => {
  for (const byRows of [false, true]) {
    const title = byRows ? 'a decay for each row' : 'a decay for each head';
    for (const [kind, count] of Object.entries(KINDS)) {
      it(`${kind}, ${title}: chunks of 1, 3, 16 and 64 as step by step, with gradients and resets`, async () => {
        const length = 37;
        const inputs = inputsOf(1, length, byRows, count);
        const weights = drawNormal([length * HEADS * VALUE + HEADS * KEY * VALUE], 'weights');
        for (const resets of [undefined, resetsAt(length, 0, 9, 20)]) {
          const all = (f: (rule: DeltaRule) => { y: Tensor; state: Tensor }) => {
            const value = (...values: Tensor[]) => tidy(() => joined(f(ruleOf(values, resets))));
            return [value(...inputs), ...grads((...values: Tensor[]) => sum(mul(value(...values), weights)))(inputs)];
          };
          const wanted = byReference(() => all(generalizedDeltaRule));
          for (const chunk of [1, 3, 16, 64]) {
            const found = all((rule) => chunkedDeltaRule(rule, chunk));
            for (const [index, tensor] of found.entries())
              expect(await distance(tensor, wanted[index]!), `chunk ${chunk}, tensor ${index}`).toBeLessThan(1e-4);
            dispose(found);
          }
          dispose([...wanted, ...(resets ? [resets] : [])]);
        }
        dispose([...inputs, weights]);
      });
    }
  }

  it('its kernels compute what the reference computes', async () => {
    for (const byRows of [false, true]) {
      for (const count of Object.values(KINDS)) {
        const drawn = inputsOf(2, 41, byRows, count);
        const shapes = drawn.map(({ shape }) => shape);
        dispose(drawn);
        const f = (...values: Tensor[]) =>
          joined(generalizedDeltaRule(ruleOf([...values.slice(0, 3), neg(exp(values[3]!)), ...values.slice(4)])));
        await expectAsReference(backend, { shapes, f, scale: 0.5 }, { tolerance: 3e-5 });
      }
    }
  });

  it('the gated rule has the gradient of finite differences', async () => {
    const [query, key, value, logDecay, state] = inputsOf(1, 6, false, 5);
    const rate = drawNormal([1, 6, HEADS], 'rate');
    const f = (...values: Tensor[]) => {
      const { logDecay: decays, ...rest } = ruleOf(values.slice(0, 5));
      return joined(gatedDeltaRule({ ...rest, logDecay: decays, learningRate: sigmoid(values[5]!) as never }));
    };
    await expectGradientOfDifferences(f, [query!, key!, value!, logDecay!, state!, rate], { samples: 5 });
    dispose([query!, key!, value!, logDecay!, state!, rate]);
  });

  it('replaces the value under a key', async () => {
    const key = tensor([1, 0, 0, 1, 1, 0], [1, 3, 1, 2]) as Tensor4D;
    const value = tensor([1, 2, 3, 4, 5, 6], [1, 3, 1, 2]) as Tensor4D;
    const options = { logDecay: zeros([1, 3, 1]), learningRate: tensor([1, 1, 1], [1, 3, 1]) as never };
    const { y, state } = gatedDeltaRule({ query: key, key, value, ...options });
    expect([...(await y.data())]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...(await state.data())]).toEqual([5, 6, 3, 4]);
  });

  it('NaN reaches what reads it, and no other head', async () => {
    const inputs = inputsOf(1, 5, false, 6);
    const values = ((await inputs[1]!.data()) as Float32Array).slice();
    values[2 * HEADS * KEY] = Number.NaN; // the key of step 2, head 0
    const { y } = generalizedDeltaRule(ruleOf([inputs[0]!, tensor(values, inputs[1]!.shape), ...inputs.slice(2)]), 2);
    const rows = [...(await y.data())].map(Number.isNaN);
    expect(rows.some((reached, i) => reached && Math.floor(i / VALUE) % HEADS === 1)).toBe(false);
    const after = rows.slice(2 * HEADS * VALUE).filter((_, i) => Math.floor(i / VALUE) % HEADS === 0);
    expect(after.every(Boolean)).toBe(true);
  });
});

onEachBackend('the inverse of a unit triangle', () => {
  it('times the triangle is the identity, for sizes that are no powers of two', async () => {
    for (const size of [1, 2, 3, 7, 16, 21]) {
      const lower = Array.from({ length: size * size }, (_, i) =>
        i % size < Math.floor(i / size) ? Math.sin(3 * i) : 0,
      );
      const inverse = [...(await inverseOfUnitTriangle(tensor(lower, [1, size, size])).data())];
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
          let product = inverse[i * size + j]!;
          for (let k = 0; k < size; k++) product -= lower[i * size + k]! * inverse[k * size + j]!;
          expect(product).toBeCloseTo(i === j ? 1 : 0, 3);
        }
      }
    }
  });
});

describe('refusals', () => {
  it('names what has another shape', () => {
    const [query, key, value, logDecay] = inputsOf(1, 3, false, 4) as Tensor4D[];
    const rule = { query: query!, key: key!, value: value!, logDecay: logDecay! };
    const short = slice(key!, [0, 0, 0, 0], [1, 3, HEADS, KEY - 1]);
    expect(() => generalizedDeltaRule({ ...rule, removal: short })).toThrow('generalizedDeltaRule, removal');
    expect(() => generalizedDeltaRule(rule, 0)).toThrow('chunkLength');
    expect(() => gatedDeltaRule({ ...rule, learningRate: short as never })).toThrow('gatedDeltaRule, learningRate');
  });
});
