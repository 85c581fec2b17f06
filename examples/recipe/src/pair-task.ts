import { shuffledBatches } from '@sequitur/text';
import { adamW, warmUpThenCosine } from '@sequitur/train';
import {
  type EncodedPair,
  type LabelledTranslationBatch,
  pairBatch,
  type SequenceToSequence,
  translationLoss,
} from '@sequitur/transformer';
import type { TrainingTask } from './training-task.js';

export interface PairTaskOptions {
  /** Name of the data, which a resumed run compares. */
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly training: readonly EncodedPair[];
  readonly validation: readonly EncodedPair[];
  readonly paddingToken: number;
  /** Pairs per batch; pairs of similar length are batched together to reduce padding. */
  readonly batchSize: number;
  /** The peak learning rate, reached after the fraction `warmUp` of all steps, 0 to 1. */
  readonly peak: number;
  readonly warmUp?: number;
  readonly seed: string;
}

/**
 * Training task of an encoder-decoder, as for the original Transformer (Vaswani et al. 2017, section 5): label
 * smoothing of 0.1, Adam with β₂ = 0.98 and a warm-up; then a cosine decay, which suits runs of known length.
 */
export function pairTask(options: PairTaskOptions): TrainingTask<SequenceToSequence, LabelledTranslationBatch> {
  const { name, title, unit, training, validation, paddingToken, batchSize, peak, warmUp = 0.1, seed } = options;
  const collate = (pairs: readonly EncodedPair[]) => pairBatch(pairs, paddingToken);
  const sorted = [...validation].sort((a, b) => lengthOf(a) - lengthOf(b));
  const validationBatches = Array.from({ length: Math.ceil(sorted.length / batchSize) }, (_, index) =>
    collate(sorted.slice(index * batchSize, (index + 1) * batchSize)),
  );
  return {
    ...{ title, unit },
    loss: translationLoss({ labelSmoothing: 0.1 }),
    validationLoss: translationLoss(),
    data: () => shuffledBatches(training, { source: { pairs: name }, batchSize, seed, lengthOf, collate }),
    validation: validationBatches,
    optimizer: (steps) =>
      adamW({
        learningRate: warmUpThenCosine({ peak, warmUp: Math.ceil(warmUp * steps), steps, lowest: peak / 100 }),
        ...{ beta2: 0.98, epsilon: 1e-9 },
      }),
    tokensOf: ({ source, labels }) => [...source, ...labels].reduce((sum, row) => sum + row.length, 0),
  };
}

function lengthOf({ source, target }: EncodedPair): number {
  return source.length + target.length;
}
