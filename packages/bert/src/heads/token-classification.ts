import { countLabels, crossEntropy, dropout, Linear, Module, normal } from '@sequitur/core';
import { labelsOf } from '@sequitur/pretrained';
import { type Scalar, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import type { BertConfig } from '../config.js';
import type { Head, HeadContext, HeadPart, HeadStyle } from './head.js';
import { classTensor, type Row } from './labels.js';
import type { ClassificationOutputs } from './sequence-classification.js';
import { Transform } from './transform.js';

/** Token classification head, for entity recognition for example. */
export class TokenClassificationHead extends Module implements Head<ClassificationOutputs<Tensor3D>, readonly Row[]> {
  readonly transform: Transform | null;
  readonly output: Linear; // [width, classes]
  readonly #dropout: number;

  constructor(config: BertConfig, style: HeadStyle) {
    super();
    const classes = labelsOf(config).length;
    this.transform = style.transformsTokens ? new Transform(config, style) : null;
    this.output = new Linear(config.width, classes, { initializer: normal(config.initializerRange ?? 0.02) });
    this.#dropout = style.dropout;
  }

  /** -> logits [batch, length, classes]. */
  apply(hidden: Tensor3D, { random }: HeadContext): ClassificationOutputs<Tensor3D> {
    return {
      logits: tidy(() => {
        const ready = this.transform ? this.transform.apply(hidden) : hidden;
        return this.output.apply(dropout(ready, this.#dropout, random));
      }),
    };
  }

  /** Mean cross-entropy; labels [batch, length], -100 where a token has none. */
  loss(
    { logits }: ClassificationOutputs<Tensor3D>,
    labels: readonly Row[],
    [labelCount]: readonly number[] = [],
  ): Scalar {
    return tidy(() => {
      const [batch, length, classes] = logits.shape;
      const wanted = classTensor('token labels', labels, { shape: [batch, length], classes });
      return crossEntropy(logits, wanted, { labelCount });
    });
  }

  countLabels(labels: readonly Row[]): readonly number[] {
    return [countLabels(labels)];
  }
}

export function tokenClassification(settings: Pick<BertConfig, 'labels'> = {}): HeadPart<TokenClassificationHead> {
  return {
    kind: 'tokenClassification',
    settings,
    build: (config, style) => new TokenClassificationHead(config, style),
  };
}
