import {
  type Activation,
  activationByName,
  checkIntegerValues,
  countLabels,
  crossEntropy,
  embed,
  LayerNorm,
  Linear,
  Module,
  normal,
  Parameter,
  zeros,
} from '@sequitur/core';
import { add, reshape, type Scalar, type Tensor3D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { BertConfig } from '../config.js';
import type { Head, HeadContext, HeadPart, HeadStyle } from './head.js';
import { classTensor, type Row } from './labels.js';

export type MaskedLanguageOutputs = { readonly logits: Tensor3D };

/** Masked language model head (Devlin et al. 2019, section 3.1, task 1): a dense layer and the output projection. */
export class MaskedLanguageHead extends Module implements Head<MaskedLanguageOutputs, readonly Row[]> {
  readonly dense: Linear; // [width, embeddingWidth]
  readonly norm: LayerNorm;
  /** Absent: tied to the token embeddings. */
  readonly decoder: Linear | null; // [embeddingWidth, vocabularySize]
  readonly bias: Parameter | null; // [vocabularySize]
  readonly #activation: Activation;
  readonly #classes: number;

  constructor(config: BertConfig, style: HeadStyle) {
    super();
    const { width, embeddingWidth = width, vocabularySize, normEpsilon = 1e-12 } = config;
    const { initializerRange = 0.02, tied = true } = config;
    const initializer = normal(initializerRange);
    this.dense = new Linear(width, embeddingWidth, { bias: style.denseBias ?? true, initializer });
    this.norm = style.norm?.(embeddingWidth) ?? new LayerNorm(embeddingWidth, { epsilon: normEpsilon });
    this.#classes = vocabularySize;
    this.decoder = tied ? null : new Linear(embeddingWidth, vocabularySize, { bias: false, initializer });
    this.bias = (style.scoreBias ?? true) ? new Parameter([vocabularySize], zeros) : null;
    this.#activation = activationByName(style.maskedActivation);
  }

  /** -> logits [batch, length, vocabularySize]. */
  apply(hidden: Tensor3D, { tokens }: HeadContext): MaskedLanguageOutputs {
    const logits = tidy(() => {
      const ready = this.norm.apply(this.#activation(this.dense.apply(hidden)));
      const scores = this.decoder ? this.decoder.apply(ready) : tokens.scores(ready);
      return this.bias ? (add(scores, this.bias.value) as Tensor3D) : scores;
    });
    return { logits };
  }

  /** Mean cross-entropy of the masked tokens; labels [batch, length], -100 is ignored. */
  loss({ logits }: MaskedLanguageOutputs, labels: readonly Row[], [labelCount]: readonly number[] = []): Scalar {
    return tidy(() => {
      const [batch, length, classes] = logits.shape;
      const wanted = classTensor('masked language labels', labels, { shape: [batch, length], classes });
      return crossEntropy(logits, wanted, { labelCount });
    });
  }

  countLabels(labels: readonly Row[]): readonly number[] {
    return [countLabels(labels)];
  }

  /** As `loss`; logits are computed at labelled positions only, a seventh of all. */
  lossOf(hidden: Tensor3D, labels: readonly Row[], context: HeadContext): Scalar {
    const [batch, length, width] = hidden.shape;
    const places = labels.flatMap((row, index) =>
      Array.from(row).flatMap((label, place) => (label === -100 ? [] : [index * length + place])),
    );
    const values = labels.flatMap((row) => Array.from(row));
    checkIntegerValues('masked language labels', values, {
      below: this.#classes,
      ignored: -100,
      columns: length,
    });
    const fits = labels.length === batch && labels.every((row) => row.length === length);
    if (!fits || places.length === 0)
      return tidy(() => this.loss(this.apply(hidden, context), labels, context.labelCounts));
    return tidy(() => {
      const rows = embed(reshape(hidden, [batch * length, width]), tensor1d(places, 'int32')); // [places, width]
      const chosen = reshape(rows, [1, places.length, width]) as Tensor3D;
      const wanted = places.map((place) => labels[Math.floor(place / length)]![place % length]!);
      return this.loss(this.apply(chosen, context), [wanted], context.labelCounts);
    });
  }
}

export function maskedLanguage(): HeadPart<MaskedLanguageHead> {
  return { kind: 'maskedLanguage', build: (config, style) => new MaskedLanguageHead(config, style) };
}
