import { slidingWindow } from '@sequitur/attention';
import {
  deserialize,
  disposeState,
  initialize,
  openBackend,
  SequiturError,
  type SerializedState,
  serialize,
  tokenTensor,
} from '@sequitur/core';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { attention, LanguageModel, type LanguageModelState } from '../src/index.js';

beforeAll(() => openBackend('cpu'));

const positions = ['rotary', 'alibi'] as const;
const make = (kind: (typeof positions)[number]) =>
  initialize(
    new LanguageModel({
      vocabularySize: 11,
      width: 8,
      blocks: [
        attention({ heads: 2, positions: { kind } }),
        attention({ heads: 2, pattern: slidingWindow(4), positions: { kind } }),
      ],
    }),
    1,
  );

/** Where each count and tensor stands in the serialized state; `change` gives another one. */
type Change = (saved: Node) => void;
type Node = { tree: Record<string, Node> & { length: number; blocks: { list: Node[] } } };
const block = (saved: Node, index = 0) => saved.tree.blocks.list[index]!.tree as Record<string, unknown>;
const tensorOf = (shape: number[]) => ({
  dtype: 'float32',
  shape,
  values: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});

const changes: Record<string, readonly [change: Change, message: RegExp]> = {
  'a length far beyond the keys': [
    (saved) => {
      block(saved).length = 16_777_217;
    },
    /block 0: expected a cache of the 3 tokens.*got one of 16777217/,
  ],
  'the same length everywhere': [
    (saved) => {
      saved.tree.length = 16_777_217;
      for (const index of [0, 1]) block(saved, index).length = 16_777_217;
    },
    /the KV cache: expected keys of shape \[1, 16777217 or more, 2, 4\], got \[1, 64, 2, 4\]/,
  ],
  'a length of the stack alone': [
    (saved) => {
      saved.tree.length = 4;
    },
    /block 0: expected a cache of the 4 tokens/,
  ],
  'a number in place of keys': [
    (saved) => {
      block(saved).keys = 7;
    },
    /the KV cache: expected keys of shape .*, got 7/,
  ],
  'a number in place of a mask': [
    (saved) => {
      block(saved).attentionMask = 7;
    },
    /the KV cache: expected a mask of shape .*, got 7/,
  ],
  'a length below 0': [
    (saved) => {
      block(saved).length = -1;
    },
    /expected counts of positions, got -1/,
  ],
  'a length that is no integer': [
    (saved) => {
      block(saved).length = 2.5;
    },
    /expected counts of positions, got 2.5/,
  ],
  'more evicted than read': [
    (saved) => {
      block(saved, 1).evicted = 4;
    },
    /counts of positions, got length 3, evicted 4/,
  ],
  'no keys': [
    (saved) => {
      delete block(saved).keys;
    },
    /expected .*got/,
  ],
  'no values': [
    (saved) => {
      delete block(saved).values;
    },
    /expected values of shape .*got none/,
  ],
  'keys of other heads': [
    (saved) => {
      block(saved).keys = tensorOf([1, 64, 1, 4]);
    },
    /got \[1, 64, 1, 4\]/,
  ],
  'values of another size': [
    (saved) => {
      block(saved).values = tensorOf([1, 64, 2, 5]);
    },
    /got \[1, 64, 2, 5\]/,
  ],
  'fewer keys than read': [
    (saved) => {
      block(saved).keys = tensorOf([1, 2, 2, 4]);
    },
    /3 or more, 2, 4\], got \[1, 2, 2, 4\]/,
  ],
  'a mask of another length': [
    (saved) => {
      block(saved).attentionMask = tensorOf([1, 7]);
    },
    /a mask of shape \[1, 3\], got \[1, 7\]/,
  ],
  'another batch': [
    (saved) => {
      block(saved).keys = tensorOf([2, 64, 2, 4]);
    },
    /expected a state of 1 rows/,
  ],
  'fewer blocks': [
    (saved) => {
      saved.tree.blocks.list.pop();
    },
    /expected a state of 2 blocks, got 1/,
  ],
};

for (const kind of positions) {
  it(`a serialized state is read on to the same logits, ${kind}`, async () => {
    const model = make(kind);
    const [first, second] = [tokenTensor([[1, 2, 3]], 11), tokenTensor([[4]], 11)];
    const read = model.step(first, model.initState(1));
    const saved = await serialize(read.state);
    const wanted = model.step(second, read.state);
    const found = model.step(second, deserialize(structuredClone(saved)) as LanguageModelState);
    expect(await found.logits.data()).toEqual(await wanted.logits.data());
    disposeState([read.logits, wanted.logits, found.logits, first, second]);
    model.dispose();
  });

  for (const [title, [change, message]] of Object.entries(changes)) {
    it(`a serialized state with ${title} is refused at once, and nothing leaks, ${kind}`, async () => {
      const model = make(kind);
      const [first, second] = [tokenTensor([[1, 2, 3]], 11), tokenTensor([[4]], 11)];
      const read = model.step(first, model.initState(1));
      const saved = structuredClone(await serialize(read.state));
      change(saved as unknown as Node);
      const before = memory().numTensors;
      const state = deserialize(saved as SerializedState) as LanguageModelState;
      const began = performance.now();
      expect(() => model.step(second, state)).toThrow(SequiturError);
      expect(() => model.step(second, state)).toThrow(message);
      expect(performance.now() - began).toBeLessThan(1000);
      disposeState(state);
      expect(memory().numTensors).toBe(before);
      disposeState([read.state, read.logits, first, second]);
      model.dispose();
    });
  }
}
