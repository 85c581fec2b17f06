import { initialize, openBackend, silu } from '@sequitur/core';
import { drawNormal, expectClose, expectGradientOfDifferences, onEachBackend } from '@sequitur/laws';
import {
  add,
  addN,
  cast,
  expandDims,
  matMul,
  mul,
  oneHot,
  reshape,
  slice,
  softmax,
  squeeze,
  sum,
  type Tensor2D,
  type Tensor3D,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { LoadBalance, MixtureOfExperts, type MixtureOfExpertsOptions, Router } from '../src/index.js';

const sizes = { width: 6, hiddenWidth: 5, experts: 4, activeExperts: 2, activation: silu };
const linear = { bias: true };

function mixture(options: Partial<MixtureOfExpertsOptions> = {}): MixtureOfExperts {
  const built = new MixtureOfExperts({ ...sizes, linear, router: linear, ...options });
  return initialize(built, 'experts');
}

/** What one expert says of every token. */
function said(by: MixtureOfExperts, expert: number, x: Tensor2D): Tensor2D {
  const { gate, up, down } = by.experts;
  const affine = (layer: typeof gate, rows: Tensor2D) => {
    const matrix = squeeze(slice(layer.weight.value, expert, 1), [0]) as Tensor2D;
    return add(matMul(rows, matrix), squeeze(slice(layer.bias!.value, expert, 1), [0])) as Tensor2D;
  };
  return affine(down, mul(silu(affine(gate, x)), affine(up, x)) as Tensor2D);
}

onEachBackend('a mixture of experts', () => {
  it('says what its chosen experts say, by their weights', async () => {
    const model = mixture({ normalised: false });
    const x = drawNormal<Tensor2D>([7, 6], 'x');
    const [found, wanted] = tidy(() => {
      const { experts, weights } = model.router.route(x);
      const shares = sum(mul(cast(oneHot(experts, sizes.experts), 'float32'), expandDims(weights, 2)), 1);
      const all = Array.from({ length: sizes.experts }, (_, expert) => {
        return mul(said(model, expert, x), slice(shares, [0, expert], [7, 1]));
      });
      return [model.apply(reshape(x, [1, 7, 6]) as Tensor3D), reshape(addN(all), [1, 7, 6])];
    }) as unknown as [Tensor3D, Tensor3D];
    await expectClose(found, wanted, 1e-5);
    model.dispose();
  });

  it('has the gradient that differences show', async () => {
    const model = mixture({ scoring: 'sigmoid', scale: 1.5 });
    await expectGradientOfDifferences((x) => model.apply(x as Tensor3D), [drawNormal<Tensor3D>([1, 5, 6], 'slopes')], {
      step: 3e-3,
      tolerance: 1e-2,
    });
    model.dispose();
  });
});

describe('a router', () => {
  beforeAll(() => openBackend('cpu'));

  const route = async (options: object, logits: number[]) => {
    const router = new Router({ width: logits.length, experts: logits.length, activeExperts: 2, ...options });
    const identity = logits.flatMap((_, i) => logits.map((_value, j) => (i === j ? 1 : 0)));
    router.projection.weight.assign(Float32Array.from(identity));
    router.choiceBias?.assign(Float32Array.from(logits.map((_, i) => (i === 3 ? 5 : 0))));
    const routes = router.route(tensor2d([logits]));
    const [experts, weights] = [[...(await routes.experts.data())], [...(await routes.weights.data())]];
    router.dispose();
    return { experts, weights };
  };

  it('divides the weights of the chosen by their sum, or does not', async () => {
    const shares = await softmax(tensor2d([[1, 3, 2, 0]])).data();
    const { experts, weights } = await route({}, [1, 3, 2, 0]);
    expect(experts).toEqual([1, 2]);
    expect(weights[0]).toBeCloseTo(shares[1]! / (shares[1]! + shares[2]!), 5);
    expect((await route({ normalised: false }, [1, 3, 2, 0])).weights[0]).toBeCloseTo(shares[1]!, 5);
  });

  it('chooses by a bias that does not weigh', async () => {
    const options = { choiceBias: true, scoring: 'sigmoid', normalised: false };
    const { experts, weights } = await route(options, [1, 3, 2, 0]);
    expect(experts).toEqual([3, 1]);
    expect(weights[0]).toBeCloseTo(0.5, 5);
  });

  it('chooses from the best groups alone', async () => {
    const logits = [3, -4, 2, 1.9, 0, 0];
    const groups = { count: 3, active: 1 };
    expect((await route({ groups: { ...groups, by: 'best' } }, logits)).experts).toEqual([0, 1]);
    const both = { groups: { ...groups, by: 'twoBest' }, scoring: 'sigmoid' };
    expect((await route(both, logits)).experts).toEqual([2, 3]);
  });

  it('refuses groups that do not divide the experts', () => {
    const router = { width: 2, experts: 6, activeExperts: 2 };
    expect(() => new Router({ ...router, groups: { count: 4, active: 1, by: 'best' } })).toThrow(/groups/);
    expect(() => new Router({ ...router, activeExperts: 7 })).toThrow(/7 of 6/);
  });
});

describe('the load-balancing loss', () => {
  beforeAll(() => openBackend('cpu'));

  it('is 1 per active expert where all are equally busy, and counts no padding', async () => {
    const balance = new LoadBalance({ experts: 2, activeExperts: 1, coefficient: 1 });
    const [one, other] = [
      [9, -9],
      [-9, 9],
    ];
    const lossOf = async (...call: Parameters<typeof balance.loss>) => (await balance.loss(...call).data())[0];
    expect(await lossOf([tensor2d([one!, other!])])).toBeCloseTo(1, 5);
    expect(await lossOf([tensor2d([one!, one!])])).toBeCloseTo(2, 5);
    expect(await lossOf([tensor2d([one!, other!])], tensor2d([[1, 0]]))).toBeCloseTo(2, 5);
  });

  it('has the gradient that differences show', async () => {
    const balance = new LoadBalance({ experts: 2, activeExperts: 1, coefficient: 1 });
    await expectGradientOfDifferences((x) => balance.loss([x as Tensor2D]), [drawNormal([5, 2], 'logits')]);
  });
});

it('the cost counts active experts', () => {
  const [two, three] = [2, 3].map((activeExperts) => new MixtureOfExperts({ ...sizes, activeExperts }).cost(10).flops);
  expect(three! - two!).toBe(10 * 6 * sizes.width * sizes.hiddenWidth);
  expect(two).toBe(2 * 10 * sizes.width * sizes.experts + 2 * 10 * 6 * sizes.width * sizes.hiddenWidth);
});
