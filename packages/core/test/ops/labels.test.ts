import { onEachBackend } from '@sequitur/laws';
import { memory, type Tensor1D, tensor, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { binaryCrossEntropy, crossEntropy, embed, SequiturError, softmaxCrossEntropy } from '../../src/index.js';

const labels = (values: number[], shape = [values.length]) => tensor(values, shape, 'int32');

onEachBackend('labels and ids that can be seen from the host', () => {
  const logits = () => tensor2d([0, 1, 2, 0, 1, 2], [2, 3]);
  const wrong = {
    'softmaxCrossEntropy, a label beyond the classes': [
      () => softmaxCrossEntropy(logits(), labels([0, 7]) as Tensor1D),
      /labels, place 1: expected an integer from 0 to 2, or -100, got 7/,
    ],
    'softmaxCrossEntropy, a label below 0 that is not ignored': [
      () => softmaxCrossEntropy(logits(), labels([-1, 0]) as Tensor1D),
      /place 0: expected .*got -1/,
    ],
    'softmaxCrossEntropy, -100 where another label is ignored': [
      () => softmaxCrossEntropy(logits(), labels([-100, 0]) as Tensor1D, { ignoreLabel: 2 }),
      /from 0 to 2, or 2, got -100/,
    ],
    'crossEntropy, by row and column': [
      () => crossEntropy(tensor([0, 1, 2, 0, 1, 2], [1, 2, 3]), labels([1, 3], [1, 2])),
      /labels, row 0, column 1: expected .*got 3/,
    ],
    'crossEntropy, labels that are no integers': [
      () => crossEntropy(logits(), tensor([0.5, 1], [2])),
      /labels: expected dtype int32, got float32/,
    ],
    'embed, by row and column': [
      () => embed(logits(), labels([0, 1, 1, 2], [2, 2])),
      /embed, ids, row 1, column 1: expected an integer from 0 to 1, got 2/,
    ],
    'embed, an id below 0': [() => embed(logits(), labels([0, -1])), /ids, place 1: .*got -1/],
    'binaryCrossEntropy, a target beyond 1': [
      () => binaryCrossEntropy(logits(), tensor2d([0, 1, 0.5, 0, 2, 0], [2, 3])),
      /targets, row 1, column 1: expected a number from 0 to 1, got 2/,
    ],
    'binaryCrossEntropy, a target that is NaN': [
      () => binaryCrossEntropy(tensor1d([1]), tensor1d([Number.NaN])),
      /got NaN/,
    ],
  } as const;
  for (const [title, [refused, message]] of Object.entries(wrong)) {
    it(`${title} is refused, and nothing leaks`, () => {
      const before = memory().numTensors;
      expect(() => tidy(refused)).toThrow(SequiturError);
      expect(() => tidy(refused)).toThrow(message);
      expect(memory().numTensors).toBe(before);
    });
  }

  it('a mean over no label is NaN, as in PyTorch; a sum over none is 0', async () => {
    for (const [reduction, value] of [
      ['mean', Number.NaN],
      ['sum', 0],
    ] as const) {
      const loss = tidy(() => crossEntropy(logits(), labels([-100, -100]), { reduction }));
      expect((await loss.data())[0]).toBe(value);
      loss.dispose();
    }
  });

  it('a mean is over the labels of all batches where their count is given', async () => {
    // log(1 + e + e^2) - 2 = 0.40761, of one label in this batch and of four in all
    const loss = tidy(() => crossEntropy(logits(), labels([2, -100]), { labelCount: 4 }));
    expect((await loss.data())[0]).toBeCloseTo(0.4076059 / 4, 6);
    loss.dispose();
  });
});

describe('options of losses', () => {
  it('are checked', () => {
    const given = [tensor2d([0, 1], [1, 2]), labels([1])] as const;
    expect(() => crossEntropy(...given, { labelSmoothing: 1.5 })).toThrow(
      /labelSmoothing: expected a number from 0 to 1/,
    );
    expect(() => crossEntropy(...given, { reduction: 'none' as 'sum' })).toThrow(/reduction: expected one of/);
    expect(() => crossEntropy(...given, { ignoreIndex: 1 } as object)).toThrow(/got 'ignoreIndex'/);
    expect(() => crossEntropy(...given, { labelCount: 0 })).toThrow(/labelCount: expected a number above 0, got 0/);
    expect(() => softmaxCrossEntropy(given[0], given[1] as Tensor1D, { ignoreLabel: 0.5 })).toThrow(/ignoreLabel/);
  });
});
