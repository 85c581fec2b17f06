import { crossEntropy, initialize, parametersOf, Random, type SequenceModel } from '@sequitur/core';
import { consecutiveWindows, randomWindows, type WindowBatch } from '@sequitur/text';
import { adamW, nextTokenLoss, trainStep } from '@sequitur/train';
import { dispose, type Scalar, type Tensor2D, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Book } from './book.js';
import type { CandidateModel } from './candidate.js';
import type { Participant } from './plan.js';
import type { TrainedRecord } from './records.js';

const WINDOW = { length: 128, batchSize: 4 };
const HELD_OUT_BATCHES = 8;
/** Fraction of characters that are masked for an encoder (Devlin et al. 2019, section 3.1). */
const HIDDEN = 0.15;
const WARM_UP = 10;

export interface BriefTrainingOptions {
  readonly book: Book;
  readonly seconds: number;
  readonly sync: () => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Trains a new model for a number of seconds and evaluates it on held-out text. Causal models predict the next
 * character, encoders masked ones, encoder-decoders the continuation of an encoded text.
 */
export async function trainBriefly(participant: Participant, options: BriefTrainingOptions): Promise<TrainedRecord> {
  const { book, seconds, sync, signal } = options;
  const candidate = participant.create(WINDOW.length);
  const model = initialize(candidate.model as SequenceModel, 1);
  const optimizer = adamW({
    learningRate: (step) => 3e-3 * Math.min(1, step / WARM_UP),
    beta2: 0.99,
    weightDecay: 0.1,
  });
  const random = Random.fromSeed('hidden characters');
  const started = performance.now();
  let step = 0;
  for (const batch of randomWindows(book.training, { ...WINDOW, seed: 1 })) {
    signal?.throwIfAborted();
    const { loss, gradientNorm } = trainStep(model, () => lossOf(candidate, batch, book, random), optimizer, {
      step: ++step,
      maxGradientNorm: 1,
    });
    await loss.data();
    dispose([loss, gradientNorm]);
    if (performance.now() - started >= 1000 * seconds) break;
  }
  await sync();
  const elapsed = (performance.now() - started) / 1000;
  const loss = await heldOutLoss(candidate, book);
  optimizer.dispose();
  for (const parameter of parametersOf(model).values()) parameter.dispose();
  return {
    type: 'trained',
    architecture: participant.name,
    task: candidate.kind === 'encoder' ? 'masked characters' : 'next character',
    steps: step,
    seconds: elapsed,
    tokensPerSecond: (step * WINDOW.length * WINDOW.batchSize) / elapsed,
    loss,
  };
}

async function heldOutLoss(candidate: CandidateModel, book: Book): Promise<number> {
  const random = Random.fromSeed('held out');
  let [total, count] = [0, 0];
  for (const batch of consecutiveWindows(book.heldOut, WINDOW)) {
    if (count === HELD_OUT_BATCHES) break;
    const loss = lossOf(candidate, batch, book, random);
    total += (await loss.data())[0]!;
    loss.dispose();
    count++;
  }
  return total / count;
}

function lossOf(candidate: CandidateModel, batch: WindowBatch, book: Book, random: Random): Scalar {
  if (candidate.kind === 'causal') return nextTokenLoss(candidate.model, batch);
  if (candidate.kind === 'encoder') return hiddenLoss(candidate, batch, book, random);
  return tidy(() => {
    const half = WINDOW.length / 2;
    const source = asTensor(batch.inputs.map((row) => row.subarray(0, half)));
    const target = {
      inputs: batch.inputs.map((row) => row.subarray(half)),
      labels: batch.labels.map((row) => row.subarray(half)),
    };
    return nextTokenLoss(candidate.model.conditionedOn(source), target);
  });
}

function hiddenLoss(
  { model, scores }: Extract<CandidateModel, { kind: 'encoder' }>,
  { inputs }: WindowBatch,
  { mask }: Book,
  random: Random,
): Scalar {
  const labels = inputs.map((row) => row.map((id) => (random.uniform() < HIDDEN ? id : -100)));
  const shown = inputs.map((row, index) => row.map((id, place) => (labels[index]![place] === -100 ? id : mask)));
  return tidy(() => crossEntropy(scores(model.encode(asTensor(shown))), asTensor(labels)));
}

function asTensor(rows: readonly Int32Array[]): Tensor2D {
  return tensor2d(Int32Array.from(rows.flatMap((row) => Array.from(row))), [rows.length, rows[0]!.length], 'int32');
}
