import {
  attentionFlops,
  attentionGradientFlops,
  attentionWeights,
  emptyCache,
  full,
  type KeyValueCache,
  longformerAttention,
  longformerPattern,
  ProjectedAttention,
  type ProjectionOptions,
  type Projections,
} from '@sequitur/attention';
import {
  expectPadding,
  Linear,
  linearFlops,
  type MixContext,
  type PartCost,
  refuseResets,
  type SequenceMixer,
} from '@sequitur/core';
import {
  cast,
  concat,
  expandDims,
  mul,
  reshape,
  slice,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor1d,
  tidy,
  where,
} from '@tensorflow/tfjs-core';
import type { BertContext } from '../../encoder.js';

export interface LongformerMixerOptions extends Omit<ProjectionOptions, 'sourceWidth' | 'keyHeads'> {
  /** Window size over both sides. */
  readonly window: number;
}

/**
 * Longformer attention: a sliding window, and global tokens with separate projections (Beltagy et al. 2020, section
 * 3.1). Global tokens come from the context; default none.
 *
 * Observable: `weights` [batch, heads, length, length].
 */
export class LongformerMixer extends ProjectedAttention implements SequenceMixer<KeyValueCache> {
  readonly isCausal = false;
  readonly globalQuery: Linear; // [width, width]
  readonly globalKey: Linear; // [width, width]
  readonly globalValue: Linear; // [width, width]
  readonly window: number;

  constructor({ window, ...projections }: LongformerMixerOptions) {
    super(projections);
    const { width, input = {} } = projections;
    const inner = this.heads * this.headSize;
    this.globalQuery = new Linear(width, inner, input);
    this.globalKey = new Linear(width, inner, input);
    this.globalValue = new Linear(width, inner, input);
    this.window = window;
  }

  /** No state: the sequence is read in one chunk. */
  initState(_batchSize: number): KeyValueCache {
    return emptyCache;
  }

  /** Without global tokens: every token attends to a window, and the global projections are not used. */
  cost(length: number): PartCost {
    const used = [this.query, this.key, this.value, this.output];
    const projections = used.reduce((sum, part) => sum + linearFlops(part, length), 0);
    const pairs = this.heads * pairsInWindow(length, this.window);
    return {
      flops: projections + pairs * attentionFlops(this),
      gradientFlops: 2 * projections + pairs * attentionGradientFlops(this),
      stateBytes: 0,
    };
  }

  mix(
    x: Tensor3D,
    state: KeyValueCache,
    context: BertContext & Pick<MixContext, 'resets'>,
  ): { output: Tensor3D; state: KeyValueCache } {
    refuseResets('LongformerMixer', context);
    if (context.attentionMask) expectPadding('LongformerMixer', context.attentionMask, 'around');
    const output = tidy(() => {
      const [batch, length] = x.shape;
      const attentionMask = context.attentionMask && (cast(context.attentionMask, 'float32') as Tensor2D);
      const local = { query: this.queriesOf(x), key: this.keysOf(x), value: this.valuesOf(x) };
      const { globals = [], random, observe } = context;
      const global = globals.some((positions) => positions.length > 0) ? this.#globals(x) : local;
      const given = { window: this.window, globals, attentionMask, scale: this.scale };
      if (observe) observe('weights', weightsOf(local, global, given));
      const dropout = random && this.dropout > 0 ? { rate: this.dropout, seed: random.next() } : undefined;
      const mixed = longformerAttention(local, global, { ...given, dropout });
      return this.output.apply(reshape(mixed, [batch, length, -1]) as Tensor3D);
    });
    return { output, state };
  }

  #globals(x: Tensor3D): Projections {
    const [batch, length] = x.shape;
    const split = (part: Linear) => reshape(part.apply(x), [batch, length, this.heads, this.headSize]) as Tensor4D;
    return { query: split(this.globalQuery), key: split(this.globalKey), value: split(this.globalValue) };
  }
}

/** Number of pairs of tokens within half a window. */
function pairsInWindow(length: number, window: number): number {
  const half = Math.min(window / 2, length - 1);
  return length * (2 * half + 1) - half * (half + 1);
}

interface Given {
  readonly window: number;
  readonly globals: readonly (readonly number[])[];
  readonly attentionMask?: Tensor2D | undefined;
  readonly scale: number;
}

/** Attention weights of every token, those of global ones by their projections, with zeros in rows of padding. */
function weightsOf(local: Projections, global: Projections, { window, globals, attentionMask, scale }: Given): Tensor {
  const [batch, length] = local.query.shape;
  const rows = Array.from({ length: batch }, (_, row) => {
    const of = <T extends Tensor>(x: T) =>
      slice(x, [row, ...x.shape.slice(1).map(() => 0)], [1, ...x.shape.slice(1)]) as T;
    const positions = globals[row] ?? [];
    const options = { scale, attentionMask: attentionMask && of(attentionMask) };
    const pattern = longformerPattern(window, positions);
    const near = attentionWeights(of(local.query), of(local.key), { ...options, pattern });
    const far = attentionWeights(of(global.query), of(global.key), { ...options, pattern: full() });
    const isGlobal = tensor1d(
      Array.from({ length }, (_, position) => positions.includes(position)),
      'bool',
    );
    const weights = where(reshape(isGlobal, [1, 1, length, 1]), far, near);
    return options.attentionMask ? mul(weights, expandDims(expandDims(options.attentionMask, 1), 3)) : weights;
  });
  return concat(rows, 0);
}
