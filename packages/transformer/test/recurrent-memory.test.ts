import { MultiHeadAttention } from '@sequitur/attention';
import {
  crossEntropy,
  FeedForward,
  gelu,
  initialize,
  LayerNorm,
  parametersOf,
  scoped,
  tokenTensor,
} from '@sequitur/core';
import { causalModelLaws, onEachBackend } from '@sequitur/laws';
import { dispose, type Scalar, slice, type Tensor3D, type Variable, variableGrads } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  CausalStack,
  memoryReplayGradients,
  PreNormBlock,
  RecurrentMemoryModel,
  segmentLengths,
  TokenEmbedding,
} from '../src/index.js';

const VOCABULARY = 13;

function inner(): CausalStack {
  const width = 8;
  const block = () =>
    new PreNormBlock({
      mixerNorm: new LayerNorm(width),
      mixer: new MultiHeadAttention({ width, heads: 2 }),
      feedForwardNorm: new LayerNorm(width),
      feedForward: new FeedForward({ width, hiddenWidth: 12, activation: gelu }),
    });
  return new CausalStack({
    embedding: new TokenEmbedding({ vocabularySize: VOCABULARY, width, learnedPositions: 12 }),
    blocks: [block(), block()],
    norm: new LayerNorm(width),
  });
}

const create = (gradientSegments?: number) =>
  new RecurrentMemoryModel(inner(), {
    memoryTokens: 2,
    segmentLength: 4,
    ...(gradientSegments && { gradientSegments }),
  });

causalModelLaws('recurrent memory around a language model', () => create(), {
  leftPadding: false,
  packing: false,
  length: 11,
});

onEachBackend('memory replay', () => {
  it.each([
    ['full back-propagation through all segments', undefined],
    ['back-propagation through two segments at most', 2],
  ])('gives the gradients of %s', async (_, gradientSegments) => {
    const model = initialize(create(gradientSegments), 3);
    const rows = [
      [1, 5, 2, 8, 11, 0, 3, 7, 9, 12, 4],
      [6, 6, 1, 10, 2, 5, 8, 3, 0, 1, 7],
    ];
    const tokens = tokenTensor(rows, VOCABULARY);
    const labels = tokenTensor(
      rows.map((row) => [...row.slice(1), 0]),
      VOCABULARY,
    );
    const lossOf = (logits: Tensor3D, start: number): Scalar =>
      scoped(() => crossEntropy(logits, slice(labels, [0, start], [-1, logits.shape[1]]), { reduction: 'sum' }));
    const paths = [...parametersOf(model)];
    const full = variableGrads(
      () => scoped(() => lossOf(model.step(tokens, model.initState(2)).logits, 0)),
      paths.map(([, parameter]) => parameter.value as Variable),
    );
    const replayed = memoryReplayGradients(model, tokens, lossOf);
    expect((await replayed.value.data())[0]).toBeCloseTo((await full.value.data())[0]!, 3);
    for (const [path, parameter] of paths) {
      const wanted = await full.grads[parameter.value.name]!.data();
      const found = await replayed.gradients.get(path)!.data();
      const largest = Math.max(1, ...Array.from(wanted, Math.abs));
      for (const [i, value] of wanted.entries()) {
        expect(Math.abs(found[i]! - value) / largest, `${path}, number ${i}`).toBeLessThan(2e-5);
      }
    }
    dispose([tokens, labels, full.value, replayed.value, ...replayed.gradients.values()]);
    dispose(full.grads);
    model.dispose();
  });
});

describe('segments', () => {
  it('are short at the end, at the beginning, or nowhere', () => {
    expect(segmentLengths(19, 7, 'left')).toEqual({ first: 7, later: 7 });
    expect(segmentLengths(19, 7, 'right')).toEqual({ first: 5, later: 7 });
    expect(segmentLengths(14, 7, 'right')).toEqual({ first: 7, later: 7 });
    expect(segmentLengths(16, 7, 'center')).toEqual({ first: 6, later: 6 });
  });
});
