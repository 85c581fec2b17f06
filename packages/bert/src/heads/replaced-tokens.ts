import {
  type Activation,
  activationByName,
  countLabels,
  Linear,
  Module,
  normal,
  SequiturError,
  showShape,
} from '@sequitur/core';
import {
  abs,
  add,
  div,
  exp,
  log1p,
  mul,
  neg,
  relu,
  reshape,
  type Scalar,
  sub,
  sum,
  type Tensor2D,
  type Tensor3D,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { BertConfig } from '../config.js';
import type { Head, HeadPart } from './head.js';
import type { Row } from './labels.js';

export type ReplacedTokensOutputs = { readonly logits: Tensor2D };

/** Replaced token detection (Clark et al. 2020, "ELECTRA"): whether each token was replaced (1) or is original (0). */
export class ReplacedTokensHead extends Module implements Head<ReplacedTokensOutputs, readonly Row[]> {
  readonly dense: Linear; // [width, width]
  readonly output: Linear; // [width, 1]
  readonly #activation: Activation;

  constructor({ width, activation = 'gelu', initializerRange = 0.02 }: BertConfig) {
    super();
    const initializer = normal(initializerRange);
    this.dense = new Linear(width, width, { initializer });
    this.output = new Linear(width, 1, { initializer });
    this.#activation = activationByName(activation);
  }

  /** -> logits [batch, length]. */
  apply(hidden: Tensor3D): ReplacedTokensOutputs {
    const [batch, length] = hidden.shape;
    const logits = () => this.output.apply(this.#activation(this.dense.apply(hidden)));
    return { logits: tidy(() => reshape(logits(), [batch, length])) };
  }

  /** Mean binary cross-entropy; labels [batch, length], 0, 1, or -100 at what is not counted, as padding. */
  loss({ logits }: ReplacedTokensOutputs, labels: readonly Row[], [labelCount]: readonly number[] = []): Scalar {
    const rows = labels.map((row) => Array.from(row));
    expectBits(rows, logits.shape);
    const counted = rows.map((row) => row.map((label) => (label === -100 ? 0 : 1)));
    return tidy(() => {
      const mask = tensor2d(counted, logits.shape);
      const targets = mul(tensor2d(rows, logits.shape), mask);
      const losses = add(sub(relu(logits), mul(logits, targets)), log1p(exp(neg(abs(logits)))));
      return div(sum(mul(losses, mask)), labelCount ?? countLabels(labels)) as Scalar;
    });
  }

  countLabels(labels: readonly Row[]): readonly number[] {
    return [countLabels(labels)];
  }
}

function expectBits(rows: readonly number[][], [batch, length]: readonly [number, number]): void {
  const isFit = rows.length === batch && rows.every((row) => row.length === length);
  const wrong = rows.flat().find((label) => ![0, 1, -100].includes(label));
  if (isFit && wrong === undefined) return;
  throw new SequiturError({
    where: 'replaced token labels',
    expected: `0, 1 or -100 for each token, shape ${showShape([batch, length])}`,
    got: wrong === undefined ? `${rows.length} rows of ${rows.map((row) => row.length).join(', ')}` : String(wrong),
  });
}

export function replacedTokens(): HeadPart<ReplacedTokensHead> {
  return { kind: 'replacedTokens', build: (config) => new ReplacedTokensHead(config) };
}
