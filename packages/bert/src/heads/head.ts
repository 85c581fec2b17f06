import type { Embedding, LayerNorm, LossContext, Module } from '@sequitur/core';
import type { Scalar, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { BertConfig } from '../config.js';

/** The results of a head, by name; the caller disposes them. */
export type HeadOutputs = Readonly<Record<string, Tensor>>;

/** The context of a head besides the encoder's output. */
export interface HeadContext extends LossContext {
  /** The token embeddings, for tied heads. */
  readonly tokens: Embedding;
  /** Padding mask [batch, length], 0 at padding; absent: no padding. */
  readonly attentionMask?: Tensor2D | undefined;
  /** Number of neighbouring rows of the batch that are choices of one question; default 1. */
  readonly choices?: number | undefined;
  /** [batch, length], 1 where no answer may begin or end. */
  readonly question?: Tensor2D | undefined;
}

/** A head: outputs from the encoder's output, and their loss. */
export interface Head<Outputs extends HeadOutputs = HeadOutputs, Labels = unknown> extends Module {
  /** hidden [batch, length, width], the encoder's output. */
  apply(hidden: Tensor3D, context: HeadContext): Outputs;
  /**
   * The loss of Hugging Face's class, which the caller disposes.
   *
   * @param labelCounts what each mean in it divides its sum by, in the order of `countLabels`; default these labels
   */
  loss(outputs: Outputs, labels: Labels, labelCounts?: readonly number[]): Scalar;
  /** The number of labels for each mean that the loss is a sum of, for sequences of this length. */
  countLabels?(labels: Labels, length: number): readonly number[];
  /** The same loss from the encoder's output, for heads that need not compute all outputs. */
  lossOf?(hidden: Tensor3D, labels: Labels, context: HeadContext): Scalar;
}

/** Settings in which the heads of families differ. */
export interface HeadStyle {
  /** Activation of the pooled token; BERT's is tanh. */
  readonly poolerActivation: string;
  /** Dropout also before the pooler, as in RoBERTa. */
  readonly dropsBeforePooler: boolean;
  /** Activation of the masked language head. */
  readonly maskedActivation: string;
  /** Dropout rate before the output projection of the head; each class reads it from another attribute. */
  readonly dropout: number;
  /** Whether the dense layers of the heads have a bias; default true. */
  readonly denseBias?: boolean;
  /**
   * A norm after the activation of their dense layers, given the width; default one in the masked language head alone.
   */
  readonly norm?: (width: number) => LayerNorm;
  /** Input of the pooler: the first token (the default), or the mean of all real ones. */
  readonly pools?: 'first' | 'mean';
  /** Whether tokens are classified after a dense layer, activation and norm; default false. */
  readonly transformsTokens?: boolean;
  /** Whether the scores of the masked language head have a bias; default true. */
  readonly scoreBias?: boolean;
  /** Whether the question answering head has an additional feed-forward layer; default false. */
  readonly transformsAnswers?: boolean;
}

/** A head as a part: its kind, and a constructor for an encoder. */
export interface HeadPart<H extends Head = Head> {
  readonly kind: string;
  /** Config entries of the head: labels, the kind of problem. */
  readonly settings?: Pick<BertConfig, 'labels' | 'problem'>;
  build(config: BertConfig, style: HeadStyle): H;
}
