import { crossEntropy, dropout, Linear, Module, normal } from '@sequitur/core';
import {
  add,
  cast,
  expandDims,
  mul,
  reshape,
  type Scalar,
  slice,
  sub,
  type Tensor2D,
  type Tensor3D,
  tidy,
} from '@tensorflow/tfjs-core';
import type { BertConfig } from '../config.js';
import { AnswerLayer } from './answer-layer.js';
import type { Head, HeadContext, HeadPart, HeadStyle } from './head.js';
import { classTensor } from './labels.js';

export type AnswerOutputs = { readonly start: Tensor2D; readonly end: Tensor2D };

/** The positions of the first and the last token of each answer; positions outside the sequence are ignored. */
export interface AnswerLabels {
  readonly start: readonly number[];
  readonly end: readonly number[];
}

/** Subtracted from logits at positions that cannot be part of an answer, as in Hugging Face's class. */
const CLOSED = 1e6;

/** Question answering head: start and end of the answer (Devlin et al. 2019, section 4.2). */
export class QuestionAnsweringHead extends Module implements Head<AnswerOutputs, AnswerLabels> {
  /** The additional layer of BigBird's class. */
  readonly layer: AnswerLayer | null;
  readonly output: Linear; // [width, 2]
  readonly #dropout: number;

  constructor(config: BertConfig, style: HeadStyle) {
    super();
    this.layer = style.transformsAnswers ? new AnswerLayer(config) : null;
    this.output = new Linear(config.width, 2, { initializer: normal(config.initializerRange ?? 0.02) });
    this.#dropout = style.dropout;
  }

  /** -> logits [batch, length] of the first and of the last token; far below all others at the question's tokens. */
  apply(hidden: Tensor3D, context: HeadContext): AnswerOutputs {
    const [start, end] = tidy(() => {
      const [batch, length] = hidden.shape;
      const logits = this.#logits(hidden, context); // [batch, length, 2]
      return [0, 1].map((column) => reshape(slice(logits, [0, 0, column], [batch, length, 1]), [batch, length]));
    });
    return { start: start as Tensor2D, end: end as Tensor2D };
  }

  #logits(hidden: Tensor3D, { random, question }: HeadContext): Tensor3D {
    const dropped = dropout(hidden, this.#dropout, random);
    const logits = this.output.apply(this.layer ? this.layer.apply(dropped, hidden, { random }) : dropped);
    return question ? sub(logits, mul(expandDims(cast(question, 'float32'), 2), CLOSED)) : logits;
  }

  /** Mean of the cross-entropies of start and end, a scalar that the caller disposes. */
  loss({ start, end }: AnswerOutputs, labels: AnswerLabels, [starts, ends]: readonly number[] = []): Scalar {
    return tidy(() => mul(add(endLoss(start, labels.start, starts), endLoss(end, labels.end, ends)), 0.5) as Scalar);
  }

  countLabels({ start, end }: AnswerLabels, length: number): readonly number[] {
    return [start, end].map((places) => places.filter((place) => place < length).length);
  }
}

function endLoss(logits: Tensor2D, places: readonly number[], labelCount: number | undefined): Scalar {
  const [batch, length] = logits.shape;
  const inside = places.map((place) => Math.min(Math.max(place, 0), length));
  const labels = classTensor('answer places', inside, { shape: [batch], classes: length, ignored: length });
  return crossEntropy(logits, labels, { ignoreLabel: length, labelCount });
}

export function questionAnswering(): HeadPart<QuestionAnsweringHead> {
  return { kind: 'questionAnswering', build: (config, style) => new QuestionAnsweringHead(config, style) };
}
