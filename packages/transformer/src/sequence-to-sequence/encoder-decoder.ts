import {
  type Context,
  crossEntropy,
  type EncodeContext,
  type Linear,
  type LossContext,
  labelTensor,
  Module,
  type Parameter,
  type SequenceToSequenceModel,
  SequiturError,
  scoped,
  tokenTensor,
  within,
} from '@sequitur/core';
import { add, mul, type Scalar, type Tensor2D, type Tensor3D, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { ConditionedDecoder } from './conditioned-decoder.js';
import type { SourceEncoder, TargetDecoder } from './sides.js';

export interface EncoderDecoderParts {
  readonly encoder: SourceEncoder;
  readonly decoder: TargetDecoder;
  /** The output projection; absent: tied to the decoder's embedding. */
  readonly head?: Linear | null;
  /** Bias added to the logits, [1, vocabularySize]. */
  readonly logitsBias?: Parameter | null;
  /** Factor on the input of the output projection; default 1. */
  readonly headScale?: number;
  /** The start token of targets. */
  readonly startToken: number;
  readonly paddingToken: number;
  /** Whether the decoder's input begins with the last label, as in mBART, in place of the start token; default false. */
  readonly startsWithLast?: boolean;
}

/** A batch of sources and targets; rows have equal length, padding of the source is 0 in `attentionMask`. */
export interface TranslationBatch {
  readonly source: readonly ArrayLike<number>[];
  readonly attentionMask?: readonly ArrayLike<number>[] | undefined;
  /** The input of the decoder, from the start token on; padding is 0 in `targetVisible`. */
  readonly target: readonly ArrayLike<number>[];
  readonly targetVisible?: readonly ArrayLike<number>[] | undefined;
}

export interface TranslationLossOptions extends LossContext {
  /** Label smoothing (Vaswani et al. 2017, section 5.4); default 0. */
  readonly labelSmoothing?: number;
}

/**
 * An encoder-decoder model (Vaswani et al. 2017, figure 1), composed of an encoder, a decoder and a head, such as T5,
 * BART and Marian.
 *
 * Observable: `encoder.embedding`, `encoder.blocks.<i>.output`, `decoder.blocks.<i>.cross.weights`, and so on.
 */
export class EncoderDecoder extends Module implements SequenceToSequenceModel {
  readonly encoder: SourceEncoder;
  readonly decoder: TargetDecoder;
  readonly head: Linear | null;
  readonly logitsBias: Parameter | null;
  /** Vocabulary size of the target. */
  readonly vocabularySize: number;
  readonly sourceVocabularySize: number;
  readonly contextLength: number;
  readonly startToken: number;
  readonly paddingToken: number;
  readonly #headScale: number;
  readonly #startsWithLast: boolean;

  constructor(parts: EncoderDecoderParts) {
    super();
    this.encoder = parts.encoder;
    this.decoder = parts.decoder;
    this.head = parts.head ?? null;
    this.logitsBias = parts.logitsBias ?? null;
    this.vocabularySize = parts.decoder.embedding.tokens.weight.shape[0]!;
    this.sourceVocabularySize = parts.encoder.embedding.tokens.weight.shape[0]!;
    this.contextLength = parts.decoder.embedding.positions?.count ?? Number.POSITIVE_INFINITY;
    this.startToken = parts.startToken;
    this.paddingToken = parts.paddingToken;
    this.#headScale = parts.headScale ?? 1;
    this.#startsWithLast = parts.startsWithLast ?? false;
  }

  conditionedOn(source: Tensor2D, context: EncodeContext = {}): ConditionedDecoder {
    const hidden = this.encoder.apply(source, within(context, 'encoder'));
    return new ConditionedDecoder(this, { hidden, attentionMask: context.attentionMask?.clone() });
  }

  /** hidden [batch, length, width], the decoder's output -> [batch, length, vocabularySize]. */
  logitsOf(hidden: Tensor3D): Tensor3D {
    return tidy(() => {
      const scaled = this.#headScale === 1 ? hidden : (mul(hidden, this.#headScale) as Tensor3D);
      const logits = this.head ? this.head.apply(scaled) : this.decoder.embedding.tokens.scores(scaled);
      return this.logitsBias ? (add(logits, this.logitsBias.value) as Tensor3D) : logits;
    });
  }

  /** The logits of the next target tokens, [batch, length, vocabularySize]. The caller disposes them. */
  apply({ source, attentionMask, target, targetVisible }: TranslationBatch, context: Context = {}): Tensor3D {
    return scoped(() => {
      const read = tokenTensor(source, this.sourceVocabularySize);
      const written = tokenTensor(target, this.vocabularySize);
      const conditioned = this.conditionedOn(read, {
        ...context,
        attentionMask: attentionMask && maskTensor(attentionMask),
      });
      const state = conditioned.initState(written.shape[0]);
      return conditioned.step(written, state, { ...context, attentionMask: targetVisible && maskTensor(targetVisible) })
        .logits;
    });
  }

  /**
   * Mean cross-entropy of the labels, in nats per token (teacher forcing). The caller disposes it.
   *
   * @param labels rows of equal length, -100 is ignored
   */
  loss(
    batch: Omit<TranslationBatch, 'target'> & { readonly labels: readonly ArrayLike<number>[] },
    { labelSmoothing = 0, labelCounts, ...context }: TranslationLossOptions = {},
  ): Scalar {
    return scoped(() => {
      const { labels, ...read } = batch;
      const shape = [labels.length, labels[0]?.length ?? 0] as const;
      const wanted = labelTensor('labels of the target', labels, { shape, classes: this.vocabularySize });
      const logits = this.apply({ ...read, target: this.shifted(labels) }, context);
      return crossEntropy(logits, wanted, { labelSmoothing, labelCount: labelCounts?.[0] });
    });
  }

  /**
   * The decoder input for these labels: the start token (or the last label, where the model is of that kind), then the
   * labels, padding where they are ignored.
   */
  shifted(labels: readonly ArrayLike<number>[]): number[][] {
    return labels.map((row) => {
      const read = Array.from(row, (label) => (label === -100 ? this.paddingToken : label));
      const real = read.filter((label) => label !== this.paddingToken).length;
      const start = this.#startsWithLast ? (read[real - 1] ?? this.startToken) : this.startToken;
      return [start, ...read.slice(0, -1)];
    });
  }
}

function maskTensor(rows: readonly ArrayLike<number>[]): Tensor2D {
  const length = rows[0]?.length ?? 0;
  if (rows.some((row) => row.length !== length)) {
    throw new SequiturError({
      where: 'a batch of texts',
      expected: `rows of ${length}`,
      got: rows.map((row) => row.length).join(', '),
    });
  }
  return tensor2d(Int32Array.from(rows.flatMap((row) => Array.from(row))), [rows.length, length], 'int32');
}
