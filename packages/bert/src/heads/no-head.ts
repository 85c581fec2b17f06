import { Module, SequiturError } from '@sequitur/core';
import type { Scalar, Tensor3D } from '@tensorflow/tfjs-core';
import type { Head, HeadContext, HeadPart } from './head.js';
import { Pooler } from './pooler.js';

/** No head: the encoder's output, and the pooled first token where the model has a pooler. */
export class NoHead extends Module implements Head<{ hidden: Tensor3D }, never> {
  readonly pooler: Pooler | null;

  constructor(pooler: Pooler | null = null) {
    super();
    this.pooler = pooler;
  }

  apply(hidden: Tensor3D, context: HeadContext) {
    const pooled = this.pooler && { pooled: this.pooler.apply(hidden, context) };
    return { hidden: hidden.clone(), ...pooled };
  }

  loss(): Scalar {
    throw new SequiturError({
      where: 'a model without a head',
      expected: 'a head that has a loss',
      got: 'none',
      fix: 'Give fromPretrained a head: maskedLanguage(), sequenceClassification({ labels }), ...',
    });
  }
}

/** Hidden states only. */
export function noHead(): HeadPart<NoHead> {
  return { kind: 'none', build: () => new NoHead() };
}

/** Hidden states and the pooled first token, as in `BertModel`. */
export function pooled(): HeadPart<NoHead> {
  return { kind: 'pooled', build: (config, style) => new NoHead(new Pooler(config, style)) };
}
