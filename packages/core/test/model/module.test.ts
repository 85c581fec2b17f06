import { ones, relu, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import {
  type Context,
  constant,
  FeedForward,
  GatedFeedForward,
  initialize,
  Module,
  modulesOf,
  normal,
  openBackend,
  Parameter,
  parameterCount,
  parametersOf,
  Random,
  SequiturError,
  tiedPathsOf,
  uniform,
  within,
  xavierUniform,
  zeros,
} from '../../src/index.js';

class Leaf extends Module {
  readonly weight = new Parameter([2, 3], normal(1));
}

class Tree extends Module {
  readonly first = new Leaf();
  readonly parts = [new Leaf(), new Leaf()];
  readonly tied = this.first.weight;
  readonly absent: Parameter | null = null;
  readonly name = 'not a part';
}

beforeAll(() => openBackend('cpu'));

it('names parameters by the path of fields, tied ones once', () => {
  const tree = new Tree();
  expect([...parametersOf(tree).keys()]).toEqual(['first.weight', 'parts.0.weight', 'parts.1.weight']);
  expect([...tiedPathsOf(tree)]).toEqual([['tied', 'first.weight']]);
  expect([...modulesOf(tree)].map(([path]) => path)).toEqual(['', 'first', 'parts.0', 'parts.1']);
  expect(parameterCount(tree)).toBe(18);
});

it('refuses a module that contains itself, and says where', () => {
  class Loop extends Module {
    inner: Module = new Leaf();
  }
  const loop = new Loop();
  loop.inner = loop;
  expect(() => parametersOf(loop)).toThrow(/the module at inner: expected a tree of modules/);
});

it('draws values by path: another layer beside it changes nothing', async () => {
  class Wider extends Tree {
    readonly extra = new Leaf();
  }
  const [tree, wider] = [initialize(new Tree(), 4), initialize(new Wider(), 4)];
  for (const [path, parameter] of parametersOf(tree)) {
    expect(await parametersOf(wider).get(path)!.read(), path).toEqual(await parameter.read());
  }
  tree.dispose();
  wider.dispose();
});

it('takes values of its shape only, keeps them apart from the tensor they came from, and lets go of them', async () => {
  const parameter = new Parameter([2, 2], zeros);
  expect(() => parameter.value).toThrow(SequiturError);
  parameter.assign(Float32Array.of(1, 2, 3, 4));
  expect(() => parameter.assign(Float32Array.of(1, 2))).toThrow(/values of shape \[2, 2\]/);
  const other = new Parameter([2, 2], zeros);
  other.assign(parameter.value);
  parameter.assign(Float32Array.of(5, 6, 7, 8));
  expect([...(await other.read())]).toEqual([1, 2, 3, 4]);
  parameter.dispose();
  other.dispose();
  expect(parameter.isFilled).toBe(false);
});

it('has initialisers with the deviation and the limits that they say', () => {
  const random = Random.fromSeed(2);
  const shape = [100, 300];
  const deviation = (values: Float32Array) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
  expect(deviation(normal(0.02)(shape, random))).toBeCloseTo(0.02, 3);
  const limit = Math.max(...uniform(0.5)(shape, random).map(Math.abs));
  expect(limit).toBeGreaterThan(0.49);
  expect(limit).toBeLessThanOrEqual(0.5);
  const xavier = Math.max(...xavierUniform(shape, random).map(Math.abs));
  expect(xavier).toBeLessThanOrEqual(Math.sqrt(6 / 400));
  expect(xavier).toBeGreaterThan(0.99 * Math.sqrt(6 / 400));
  expect([...constant(3)([2], random)]).toEqual([3, 3]);
});

it('names what is observed below the part that observed it', () => {
  const seen: string[] = [];
  const watching: Context = { observe: (name) => seen.push(name) };
  const context = within(within(watching, 'blocks.0'), 'mixer');
  context.observe?.('weights', null as never);
  expect(seen).toEqual(['blocks.0.mixer.weights']);
  expect(within({}, 'anything')).toEqual({});
});

it('a feed-forward network shows its hidden units', () => {
  for (const kind of [FeedForward, GatedFeedForward]) {
    const layer = initialize(new kind({ width: 2, hiddenWidth: 3, activation: relu }), 1);
    const seen: string[] = [];
    tidy(() => layer.apply(ones([1, 4, 2]), { observe: (name, { shape }) => seen.push(`${name} ${shape}`) }));
    expect(seen).toEqual(['hidden 1,4,3']);
    layer.dispose();
  }
});

it('what crosses between a parameter and the host is a copy', async () => {
  const [first, second] = [new Parameter([2], zeros), new Parameter([2], zeros)];
  const given = Float32Array.of(1, 2);
  first.assign(given);
  given[0] = 9;
  expect([...(await first.read())]).toEqual([1, 2]);
  const read = await first.read();
  second.assign(read);
  read[1] = 9;
  expect([...(await first.read()), ...(await second.read())]).toEqual([1, 2, 1, 2]);
  first.dispose();
  second.dispose();
});
