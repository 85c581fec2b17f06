import { memory, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import {
  bytesIn,
  deserialize,
  disposeState,
  keepState,
  mapState,
  openBackend,
  reorder,
  replaceState,
  SequiturError,
  scoped,
  serialize,
  tensorsIn,
  tokenTensor,
} from '../../src/index.js';

beforeAll(() => openBackend('cpu'));

const make = () => ({
  length: 3,
  blocks: [
    { keys: tensor([1, 2, 3, 4], [2, 2]), seen: tensor([7, 8], [2], 'int32') },
    { keys: tensor([5, 6, 7, 8], [2, 2]), seen: tensor([1, 0], [2], 'bool') },
  ],
});

it('counts the bytes of all tensors, and frees them', () => {
  const before = memory().numTensors;
  const state = make();
  expect(bytesIn(state)).toBe(16 + 8 + 16 + 2);
  expect(tensorsIn(state).length).toBe(4);
  disposeState(state);
  expect(memory().numTensors).toBe(before);
});

it('goes through structured cloning and comes back the same', async () => {
  const state = make();
  const again = deserialize(structuredClone(await serialize(state))) as typeof state;
  expect(again.length).toBe(3);
  for (const [index, item] of tensorsIn(again).entries()) {
    const wanted = tensorsIn(state)[index]!;
    expect([item.dtype, item.shape]).toEqual([wanted.dtype, wanted.shape]);
    expect([...(await item.data())]).toEqual([...(await wanted.data())]);
  }
  disposeState(state);
  disposeState(again);
});

it('takes rows in another order, doubled or dropped, and refuses rows that are not there', async () => {
  const state = make();
  const picked = reorder(state, [1, 1, 0]);
  expect([...(await picked.blocks[0]!.keys.data())]).toEqual([3, 4, 3, 4, 1, 2]);
  expect([...(await picked.blocks[0]!.seen.data())]).toEqual([8, 8, 7]);
  for (const wrong of [-1, 2, 0.5]) expect(() => reorder(state, [wrong])).toThrow(SequiturError);
  disposeState(state);
  disposeState(picked);
});

it('moves on to the next state, keeping what both hold', () => {
  const before = memory().numTensors;
  const state = make();
  const next = { ...state, blocks: [state.blocks[0]!, { keys: tensor([0]), seen: tensor([0]) }] };
  replaceState(state, next);
  expect(state.blocks[0]!.keys.isDisposed).toBe(false);
  expect(state.blocks[1]!.keys.isDisposed).toBe(true);
  disposeState(next);
  expect(memory().numTensors).toBe(before);
});

it('outlives the scope that returns it, and one that keeps it, but nothing else does', () => {
  const before = memory().numTensors;
  let kept: Tensor | undefined;
  const state = scoped(() => {
    tensor([1]); // left to the scope
    kept = keepState({ one: tensor([1, 2]) }).one;
    return mapState(make(), (item) => item.clone());
  });
  expect(memory().numTensors - before).toBe(5);
  disposeState(state);
  kept?.dispose();
  expect(memory().numTensors).toBe(before);
});

it('takes token ids that a table has, in rows of one length, and names the first that it cannot take', async () => {
  const tokens = tokenTensor([[0, 1], new Uint16Array([2, 3])], 4);
  expect([...(await tokens.data())]).toEqual([0, 1, 2, 3]);
  tokens.dispose();
  expect(() => tokenTensor([[0, 4]], 4)).toThrow(/row 0, column 1: expected an integer from 0 to 3, got 4/);
  for (const wrong of [-1, 0.5, Number.NaN]) expect(() => tokenTensor([[wrong]], 4)).toThrow(SequiturError);
  expect(() => tokenTensor([[0], [0, 1]], 4)).toThrow(/rows of equal length/);
  expect(() => tokenTensor([], 4)).toThrow(/at least one token/);
});

it('is copied to the host and back: neither changes the other', async () => {
  const state = { keys: tensor([1, 2], [1, 2]) };
  const saved = (await serialize(state)) as unknown as { tree: { keys: { values: Float32Array } } };
  saved.tree.keys.values[0] = 9;
  expect([...(await state.keys.data())]).toEqual([1, 2]);
  const again = deserialize(saved as never) as typeof state;
  saved.tree.keys.values[1] = 9;
  expect([...(await again.keys.data())]).toEqual([9, 2]);
  disposeState([state, again]);
});

it('is refused where it is no state, and nothing is left of it', () => {
  const sound = { dtype: 'float32', shape: [2], values: new Float32Array(2) };
  let deep: unknown = 1;
  for (let level = 0; level < 20_000; level++) deep = { list: [deep] };
  const wrong: Record<string, unknown> = {
    'state.1: expected a finite number': Number.NaN,
    'expected 3 elements for the shape \\[3\\], got 2': { ...sound, shape: [3] },
    'got .*"dtype":"float16"': { ...sound, dtype: 'float16' },
    'got .*"dtype":"__proto__"': { ...sound, dtype: '__proto__' },
    'got .*"shape":\\[-1\\]': { ...sound, shape: [-1] },
    'got .*"shape":"2"': { ...sound, shape: '2' },
    'a Int32Array': { ...sound, values: new Int32Array(2) },
    'state.1.inner: expected': { tree: { inner: null } },
    'got undefined': undefined,
    'got "text"': 'text',
    'got \\{"list":3\\}': { list: 3 },
    'got \\{"tree":null\\}': { tree: null },
    'expected a finite': deep,
  };
  for (const [message, part] of Object.entries(wrong)) {
    const before = memory().numTensors;
    const refused = () => deserialize({ list: [sound, part] } as never);
    expect(refused, message).toThrow(SequiturError);
    expect(refused).toThrow(new RegExp(message));
    expect(refused).toThrow(/^.{1,600}$/s);
    expect(memory().numTensors).toBe(before);
  }
});
