import {
  bytesIn,
  type CausalModel,
  crossEntropy,
  disposeState,
  type Encoder,
  Random,
  replaceState,
  type SequenceModel,
  type StateTree,
  scoped,
  tokenTensor,
} from '@sequitur/core';
import { adamW, nextTokenLoss, trainStep } from '@sequitur/train';
import type { EncoderDecoder } from '@sequitur/transformer';
import { dispose, type Scalar, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import type { CandidateModel } from './candidate.js';
import type { Mode } from './records.js';

/** The repeated computation of one point of a sweep. */
export interface Cell {
  /** Number of tokens read in a run. */
  readonly tokens: number;
  /** Bytes of the state after the point's length, if the mode has a state. */
  readonly stateBytes?: number;
  /** Enqueues a run; the caller waits for the backend. */
  run(): void;
  dispose(): void;
}

/** Modes of each kind of model. */
export const modesOf: Readonly<Record<CandidateModel['kind'], readonly Mode[]>> = {
  causal: ['train', 'prefill', 'decode'],
  encoder: ['train', 'encode'],
  sequenceToSequence: ['train', 'encode', 'decode'],
};

/** Number of tokens decoded in one run, which is small relative to the length. */
export const DECODED = 4;

/** Creates the cell of a model, a mode and a length. The caller disposes it, which does not dispose the model. */
export function makeCell(candidate: CandidateModel, mode: Mode, length: number): Cell {
  const tokens = drawTokens(length, candidate.model.vocabularySize);
  if (mode === 'train') return train(candidate, tokens);
  if (candidate.kind === 'encoder') return encode(candidate.model, tokens);
  if (candidate.kind === 'sequenceToSequence') {
    return mode === 'encode' ? readSource(candidate.model, tokens) : translate(candidate.model, tokens);
  }
  return mode === 'prefill' ? prefill(candidate.model, tokens) : decode(candidate.model, tokens);
}

function train(candidate: CandidateModel, tokens: Int32Array): Cell {
  const optimizer = adamW({ learningRate: 1e-4 });
  const loss = lossOf(candidate, tokens);
  let step = 0;
  return {
    tokens: tokens.length,
    run: () => {
      const { model } = candidate as { model: SequenceModel };
      dispose(Object.values(trainStep(model, loss, optimizer, { step: ++step, maxGradientNorm: 1 })));
    },
    dispose: () => optimizer.dispose(),
  };
}

/**
 * The loss of each next token; for an encoder, of every seventh token, masked; for an encoder-decoder, of the target
 * half.
 */
function lossOf(candidate: CandidateModel, tokens: Int32Array): () => Scalar {
  if (candidate.kind === 'causal') {
    return () => nextTokenLoss(candidate.model, { inputs: [tokens], labels: [tokens] });
  }
  if (candidate.kind === 'encoder') {
    const { model, scores } = candidate;
    const hidden = (_: number, place: number) => place % 7 === 0;
    const shown = tokens.map((token, place) => (hidden(token, place) ? 0 : token));
    const labels = tokens.map((token, place) => (hidden(token, place) ? token : -100));
    return () => scoped(() => crossEntropy(scores(model.encode(asTensor(shown, model.vocabularySize))), row(labels)));
  }
  const half = sourceOf(tokens.length);
  const [source, labels] = [[tokens.subarray(0, half)], [tokens.subarray(half)]];
  return () => candidate.model.loss({ source, labels });
}

/** Source length of an encoder-decoder in training; the rest of the sequence is the target. */
export function sourceOf(length: number): number {
  return Math.ceil(length / 2);
}

function prefill(model: CausalModel, tokens: Int32Array): Cell {
  const ids = asTensor(tokens, model.vocabularySize);
  return {
    tokens: tokens.length,
    run: () => {
      const before = model.initState(1);
      const { logits, state } = model.step(ids, before, { logits: 'last' });
      dispose(logits);
      disposeState(replaceState(before, state));
    },
    dispose: () => ids.dispose(),
  };
}

/** Decodes token by token after a sequence of the point's length. */
function decode(model: CausalModel, tokens: Int32Array): Cell {
  const ids = asTensor(tokens, model.vocabularySize);
  const first = model.initState(1);
  const read = model.step(ids, first, { logits: 'last' });
  let state: StateTree = replaceState(first, read.state);
  dispose([ids, read.logits]);
  const next = asTensor(tokens.subarray(0, 1), model.vocabularySize);
  return {
    tokens: DECODED,
    stateBytes: bytesIn(state),
    run: () => {
      for (let count = 0; count < DECODED; count++) {
        const after = model.step(next, state);
        dispose(after.logits);
        state = replaceState(state, after.state);
      }
    },
    dispose: () => {
      disposeState(state);
      next.dispose();
    },
  };
}

function encode(model: Encoder, tokens: Int32Array): Cell {
  const ids = asTensor(tokens, model.vocabularySize);
  return { tokens: tokens.length, run: () => model.encode(ids).dispose(), dispose: () => ids.dispose() };
}

function readSource(model: EncoderDecoder, tokens: Int32Array): Cell {
  const ids = asTensor(tokens, model.vocabularySize);
  return { tokens: tokens.length, run: () => model.conditionedOn(ids).dispose(), dispose: () => ids.dispose() };
}

/** Decodes conditioned on a source of the point's length. */
function translate(model: EncoderDecoder, tokens: Int32Array): Cell {
  const ids = asTensor(tokens, model.vocabularySize);
  const decoder = model.conditionedOn(ids);
  ids.dispose();
  const cell = decode(decoder, tokens.subarray(0, 1));
  return {
    ...cell,
    dispose: () => {
      cell.dispose();
      decoder.dispose();
    },
  };
}

function asTensor(tokens: Int32Array, vocabularySize: number): Tensor2D {
  return tokenTensor([tokens], vocabularySize);
}

function row(labels: Int32Array): Tensor2D {
  return tensor2d(labels, [1, labels.length], 'int32');
}

function drawTokens(length: number, vocabularySize: number): Int32Array {
  const random = Random.fromSeed(`tokens ${length}`);
  return Int32Array.from({ length }, () => random.integer(vocabularySize));
}
