import { openBackend, Random } from '@sequitur/core';
import { onEachBackend } from '@sequitur/laws';
import { adamW, train } from '@sequitur/train';
import { dispose, type Scalar, tidy, variableGrads } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import {
  Bert,
  headLoss,
  maskedLanguage,
  multipleChoice,
  preTraining,
  questionAnswering,
  sequenceClassification,
  tokenClassification,
} from '../src/index.js';

const config = { modelType: 'bert', vocabularySize: 12, contextLength: 8, width: 16, depth: 1, heads: 2, dropout: 0.1 };

/** Texts without end of which the first token says the class. */
function* texts(batchSize: number) {
  const random = Random.fromSeed('texts');
  for (;;) {
    const tokens = Array.from({ length: batchSize }, () => Array.from({ length: 6 }, () => 2 + random.integer(10)));
    yield { tokens, labels: tokens.map(([first]) => Number(first! >= 7)) };
  }
}

onEachBackend('fine-tuning', (backend) => {
  it('learns a class from labelled texts', async () => {
    await openBackend(backend);
    const model = Bert.create(config, { head: sequenceClassification({ labels: ['low', 'high'] }), seed: 1 });
    const optimizer = adamW({ learningRate: 0.01 });
    const losses: number[] = [];
    for await (const { loss } of train(model, texts(16), { optimizer, loss: headLoss, steps: 40 })) losses.push(loss);
    expect(losses[0]).toBeGreaterThan(0.5);
    expect(Math.max(...losses.slice(-3))).toBeLessThan(0.2);
    optimizer.dispose();
    model.dispose();
  });
});

onEachBackend('the masked language loss at labelled positions only', (backend) => {
  it('is that of all scores, and so are its gradients', async () => {
    await openBackend(backend);
    const model = Bert.create({ ...config, dropout: 0 }, { head: preTraining(), seed: 1 });
    const tokens = [
      [2, 3, 4, 5],
      [6, 7, 8, 9],
    ];
    const labels = {
      tokens: [
        [-100, 3, -100, 5],
        [-100, -100, -100, 4],
      ],
      nextSentence: [0, 1],
    };
    const read = async (loss: () => Scalar) => {
      const { value, grads } = variableGrads(loss);
      const tensors = [
        value,
        ...Object.keys(grads)
          .sort()
          .map((name) => grads[name]!),
      ];
      const numbers = await Promise.all(tensors.map(async (tensor) => Array.from(await tensor.data())));
      dispose(tensors);
      return numbers.flat();
    };
    const chosen = await read(() => model.loss({ tokens }, labels));
    const all = await read(() => tidy(() => model.head.loss(model.apply({ tokens }), labels)));
    expect(chosen).toHaveLength(all.length);
    const distance = Math.max(...chosen.map((value, index) => Math.abs(value - all[index]!)));
    expect(distance).toBeLessThan(1e-5);
    expect(Math.max(...all.slice(1).map(Math.abs))).toBeGreaterThan(0.01);
    model.dispose();
  });
});

it('computes the losses of every head from labels on the host, and refuses labels that do not fit', async () => {
  await openBackend('cpu');
  const tokens = [
    [2, 3, 4, 5],
    [6, 7, 8, 9],
  ];
  const lossOf = async <M extends Bert>(model: M, loss: (model: M) => { data(): Promise<unknown> }) => {
    const [value] = (await loss(model).data()) as Float32Array;
    model.dispose();
    return value!;
  };
  const masked = [
    [-100, 3, -100, -100],
    [-100, -100, 8, -100],
  ];
  const near = (value: number, wanted: number) => expect(Math.abs(value - wanted)).toBeLessThan(0.2);
  // Small first weights: all classes are about equally likely.
  near(await lossOf(Bert.create(config, { head: maskedLanguage() }), (m) => m.loss({ tokens }, masked)), Math.log(12));
  const both = { tokens: masked, nextSentence: [0, 1] };
  near(await lossOf(Bert.create(config, { head: preTraining() }), (m) => m.loss({ tokens }, both)), Math.log(24));
  const answer = { start: [1, 9], end: [2, 9] }; // the second answer lies beyond the text and does not count
  near(
    await lossOf(Bert.create(config, { head: questionAnswering() }), (m) => m.loss({ tokens }, answer)),
    Math.log(4),
  );
  const entities = tokenClassification({ labels: ['O', 'B', 'I'] });
  near(
    await lossOf(Bert.create(config, { head: entities }), (m) =>
      m.loss({ tokens }, [
        [0, 1, 2, -100],
        [0, 0, 0, 0],
      ]),
    ),
    Math.log(3),
  );
  const choice = Bert.create(config, { head: multipleChoice() });
  near(await lossOf(choice, (m) => m.loss({ tokens, choices: 2 }, [1])), Math.log(2));
  const several = sequenceClassification({ labels: ['a', 'b', 'c'], problem: 'multiLabel' });
  near(
    await lossOf(Bert.create(config, { head: several }), (m) =>
      m.loss({ tokens }, [
        [0, 1, 1],
        [1, 0, 0],
      ]),
    ),
    Math.log(2),
  );
  const number = Bert.create(config, { head: sequenceClassification({ labels: ['value'] }) });
  near(await lossOf(number, (m) => m.loss({ tokens }, [3, -3])), 9);

  const model = Bert.create(config, { head: sequenceClassification({ labels: ['a', 'b'] }) });
  expect(() => model.loss({ tokens }, [0, 2])).toThrow(/place 1: expected an integer from 0 to 1, or -100, got 2/);
  expect(() => model.loss({ tokens }, [0])).toThrow(/shape \[2\]/);
  expect(() => model.apply({ tokens, attentionMask: [[1, 1]] })).toThrow(/2 rows of 4/);
  expect(() => model.apply({ tokens: [[2, 99]] })).toThrow(/99/);
  expect(() => model.apply({ tokens: [new Array<number>(9).fill(2)] })).toThrow(/at most 8 tokens/);
  model.dispose();
});
