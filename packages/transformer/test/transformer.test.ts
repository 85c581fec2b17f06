import { openBackend, Random, tokenTensor } from '@sequitur/core';
import { generate } from '@sequitur/generation';
import { onEachBackend } from '@sequitur/laws';
import { adamW, train } from '@sequitur/train';
import { expect, it } from 'vitest';
import { SequenceToSequence, translationLoss } from '../src/index.js';

const [END, START] = [0, 1];
const config = {
  ...{ modelType: 'marian', vocabularySize: 8, contextLength: 8, width: 16, activation: 'relu', scaleEmbedding: true },
  ...{ encoderDepth: 1, encoderHeads: 2, encoderHiddenWidth: 32, decoderDepth: 1, decoderHeads: 2 },
  ...{ decoderHiddenWidth: 32, decoderStartToken: START, paddingToken: START, endToken: END, initializerRange: 0.25 },
};

/** Texts to be written as they are, without end. */
function* copies(batchSize: number) {
  const random = Random.fromSeed('copies');
  for (;;) {
    const source = Array.from({ length: batchSize }, () => Array.from({ length: 3 }, () => 2 + random.integer(6)));
    yield { source, labels: source.map((row) => [...row, END]) };
  }
}

onEachBackend(
  'the original Transformer',
  (backend) => {
    it('learns to copy from scratch, and writes what it learnt through an ordinary causal model', async () => {
      await openBackend(backend);
      const model = SequenceToSequence.create(config, { seed: 2 });
      const optimizer = adamW({ learningRate: 0.01, weightDecay: 0 });
      const loss = translationLoss({ labelSmoothing: 0.1 });
      const losses: number[] = [];
      for await (const step of train(model, copies(16), { optimizer, loss, steps: 200 })) losses.push(step.loss);
      // Label smoothing keeps the loss above the entropy of the smoothed labels, 0.52 nats.
      expect(losses[0]).toBeGreaterThan(1.8);
      expect(losses.at(-1)).toBeLessThan(0.7);

      const source = tokenTensor([[5, 2, 7]], model.sourceVocabularySize);
      const decoder = model.conditionedOn(source);
      const written: (number | null)[] = [];
      for await (const [token] of generate(decoder, [[START]], { maxTokens: 6, endTokens: [END] }))
        written.push(token!);
      expect(written).toEqual([5, 2, 7, END]);
      for (const part of [decoder, source, optimizer, model]) part.dispose();
    });
  },
  ['wasm'],
);

it('says what does not fit', async () => {
  await openBackend('cpu');
  const model = SequenceToSequence.create(config, { seed: 2 });
  expect(() => model.loss({ source: [[2, 3]], labels: [[4, 5], [6]] })).toThrow(/row 1: expected 2 labels/);
  const source = tokenTensor([[2], [3]], 8);
  const decoder = model.conditionedOn(source);
  expect(() => decoder.initState(3)).toThrow(/a batch of 2/);
  expect(() => SequenceToSequence.create({ ...config, modelType: 'unheard' })).toThrow(/t5, mt5, umt5, .*bart/);
  expect(() => SequenceToSequence.create({ ...config, encoderHeads: 3 })).toThrow(/divide/);
  for (const part of [decoder, source, model]) part.dispose();
});
