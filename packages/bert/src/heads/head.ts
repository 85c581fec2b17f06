import type { LossContext, Module } from '@sequitur/core';
import type { Scalar, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { BertConfig } from '../config.js';

/** The results of a head, by name; the caller disposes them. */
export type HeadOutputs = Readonly<Record<string, Tensor>>;

/** What a head may know beside the encoder's output. */
export interface HeadContext extends LossContext {
  /** The encoder's table of token vectors [vocabularySize, width], which tied heads multiply by. */
  readonly tokenVectors: Tensor;
  /** How many neighbouring rows of the batch are choices of one question; default 1. */
  readonly choices?: number | undefined;
  /** [batch, length], 1 where no answer may begin or end. */
  readonly question?: Tensor2D | undefined;
}

/** What is computed from an encoded text, and how far it lies from what was wanted. */
export interface Head<Outputs extends HeadOutputs = HeadOutputs, Labels = unknown> extends Module {
  /** hidden [batch, length, width], the encoder's output. */
  apply(hidden: Tensor3D, context: HeadContext): Outputs;
  /**
   * The loss that Hugging Face's class computes, which the caller disposes.
   *
   * @param labelCounts what each mean in it divides its sum by, in the order of `countLabels`; default these labels
   */
  loss(outputs: Outputs, labels: Labels, labelCounts?: readonly number[]): Scalar;
  /** How many labels count, for each mean that the loss is a sum of, of sequences of this length. */
  countLabels?(labels: Labels, length: number): readonly number[];
  /** The same loss from the encoder's output, for a head that need not compute all its outputs for it. */
  lossOf?(hidden: Tensor3D, labels: Labels, context: HeadContext): Scalar;
}

/** Ways in which the families' heads differ. */
export interface HeadStyle {
  /** Of the pooled token; BERT's is tanh. */
  readonly poolerActivation: string;
  /** Dropout also before the pooler, as in RoBERTa. */
  readonly dropsBeforePooler: boolean;
  /** Of the masked language head. */
  readonly maskedActivation: string;
  /** Share set to zero before the last product of the head; each class takes it from another attribute. */
  readonly dropout: number;
  /** The question answering head has a feed-forward layer of its own; default false. */
  readonly transformsAnswers?: boolean;
}

/** A head as a part: what it is called, and how it is made for an encoder. */
export interface HeadPart<H extends Head = Head> {
  readonly kind: string;
  /** What the part says about the configuration: labels, the kind of problem. */
  readonly settings?: Pick<BertConfig, 'labels' | 'problem'>;
  build(config: BertConfig, style: HeadStyle): H;
}
