import {
  detach,
  expectStateTensors,
  Linear,
  type MixContext,
  Module,
  type Norm,
  normal,
  Parameter,
  type PartCost,
  type SequenceMixer,
} from '@sequitur/core';
import {
  add,
  concat,
  mul,
  reshape,
  slice,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  tensor2d,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import { attention, attentionWeights } from '../ops/scaled-dot-product/index.js';
import type { Pattern } from '../patterns/index.js';
import { sinusoidalTable } from '../positions/sinusoidal.js';
import { fallingDistances, scoresOf, shiftToKeys } from './relative-scores.js';
import { pieceContext, refuseMasks, type SegmentPiece, splitAt, splitIntoSegments } from './segments.js';
import { transformerXlCost } from './transformer-xl-cost.js';
import { patternOf, segmentLengthOf, type TransformerXlAttentionOptions } from './transformer-xl-options.js';

/** The state of Transformer-XL: cached inputs of earlier segments and of the current one. */
export type TransformerXlState = {
  /** Cached inputs before this segment, newest last: [batch, at most memoryLength, width]. */
  readonly memory?: Tensor3D;
  /** Inputs of this segment so far: [batch, filled, width]. */
  readonly segment?: Tensor3D;
};

type VectorsOf = (distances: readonly number[]) => Tensor3D;

/** Which keys a run of queries attends to, and how scores of distances are assigned to keys. */
export interface Reach {
  readonly pattern: Pattern;
  /**
   * @param query with v added, [batch, heads, queries, headSize]
   * @param vectorsOf W_R R_d of distances d, [heads, distances, headSize]
   * @returns unscaled scores that broadcast to [batch, heads, queries, keys]
   */
  scores(query: Tensor4D, keys: number, vectorsOf: VectorsOf): Tensor;
}

/**
 * Attention of Transformer-XL, with segment recurrence and relative positions (Dai et al. 2019, section 3.3): the score
 * of query i and key j is (q_i + u)·k_j + (q_i + v)·(W_R R_{i-j}). Earlier segments are read without gradient.
 *
 * Observable: `weights` [batch, heads, length, keys] of every part of a segment.
 */
export class TransformerXlAttention extends Module implements SequenceMixer<TransformerXlState> {
  readonly query: Linear; // [width, heads * headSize]
  readonly key: Linear; // [width, heads * headSize]
  readonly value: Linear; // [width, heads * headSize]
  readonly distance: Linear; // [width, heads * headSize]: W_R
  readonly output: Linear; // [heads * headSize, width]
  readonly contentBias: Parameter; // [heads, headSize]: u
  readonly positionBias: Parameter; // [heads, headSize]: v
  readonly inputNorm: Norm | null;
  readonly #options: TransformerXlAttentionOptions;

  constructor(options: TransformerXlAttentionOptions) {
    super();
    const { width, heads, headSize, projections = { bias: false } } = options;
    this.query = new Linear(width, heads * headSize, projections);
    this.key = new Linear(width, heads * headSize, projections);
    this.value = new Linear(width, heads * headSize, projections);
    this.distance = new Linear(width, heads * headSize, projections);
    this.output = new Linear(heads * headSize, width, projections);
    this.contentBias = options.contentBias ?? new Parameter([heads, headSize], normal(0.02));
    this.positionBias = options.positionBias ?? new Parameter([heads, headSize], normal(0.02));
    this.inputNorm = options.inputNorm ?? null;
    this.#options = options;
  }

  get segmentLength(): number {
    return segmentLengthOf(this.#options);
  }

  initState(batchSize: number): TransformerXlState {
    const { width, memoryLength, firstMemory = 'zeros' } = this.#options;
    return firstMemory === 'zeros' && memoryLength > 0 ? { memory: zeros([batchSize, memoryLength, width]) } : {};
  }

  /**
   * Cost of `length` tokens of one sequence, after `seen` earlier ones: the keys of the cached inputs are computed
   * again for every segment.
   */
  cost(length: number, seen = 0): PartCost {
    return transformerXlCost(this, this.#options, length, seen);
  }

  mix(x: Tensor3D, state: TransformerXlState, context: MixContext): { output: Tensor3D; state: TransformerXlState } {
    refuseMasks('TransformerXlAttention', context);
    this.expectState(state, x.shape[0]);
    return tidy(() => {
      let now = state;
      const filled = state.segment?.shape[1] ?? 0;
      const pieces = splitIntoSegments(x.shape[1], filled, this.segmentLength);
      const parts = splitAt(x, pieces);
      const outputs = pieces.map((piece, index) => {
        const part = parts[index]!;
        const output = this.read(part, now, pieceContext(context, index));
        now = this.#after(part, now, piece);
        return output;
      });
      return { output: joined(outputs), state: now };
    });
  }

  /**
   * Checks a state.
   *
   * @throws SequiturError where it is not one of this mixer for this batch size
   */
  expectState(state: TransformerXlState, batch: number): void {
    const shape = [batch, 'any', this.#options.width] as const;
    expectStateTensors('TransformerXlAttention', state, {
      ...(state?.memory !== undefined && { memory: shape }),
      ...(state?.segment !== undefined && { segment: shape }),
    });
  }

  /**
   * Attention within one segment: x [batch, length, width] -> the same shape; the state is unchanged.
   *
   * @param reach the keys of each position and their scores by distance, where they differ from the default
   */
  read(x: Tensor3D, state: TransformerXlState, context: MixContext, reach = this.#usualReach): Tensor3D {
    return tidy(() => {
      const seen = joined([state.memory, state.segment, x]);
      const source = this.inputNorm ? this.inputNorm.apply(seen) : seen;
      const [keys, values] = [this.#byHead(this.key.apply(source)), this.#byHead(this.value.apply(source))];
      const query = this.#byHead(this.query.apply(positions(source, seen.shape[1] - x.shape[1], x.shape[1])));
      const content = add(query, this.contentBias.value) as Tensor4D;
      const placed = transpose(add(query, this.positionBias.value), [0, 2, 1, 3]) as Tensor4D;
      const byDistance = mul(reach.scores(placed, seen.shape[1], this.#vectorsOf), this.#scale);
      const bias = { kind: 'tensor', values: byDistance } as const;
      const options = { scale: this.#scale, pattern: reach.pattern, bias };
      if (context.observe) context.observe('weights', attentionWeights(content, keys, options));
      const dropout = this.#dropped(context);
      const mixed = attention(content, keys, values, { ...options, ...(dropout && { dropout }) });
      return this.output.apply(reshape(mixed, [x.shape[0], x.shape[1], -1]) as Tensor3D);
    });
  }

  /** The state after a complete segment: the cached inputs of the last memoryLength positions. */
  stateAfterSegment(memory: Tensor3D | undefined, segment: Tensor3D): TransformerXlState {
    const { memoryLength, truncateGradients = true } = this.#options;
    const all = joined([memory, segment]);
    const kept = Math.min(memoryLength, all.shape[1]);
    if (kept === 0) return {};
    const newest = positions(all, all.shape[1] - kept, kept);
    return { memory: truncateGradients ? detach(newest) : newest };
  }

  #after(x: Tensor3D, { memory, segment }: TransformerXlState, { ends }: SegmentPiece): TransformerXlState {
    const whole = joined([segment, x]);
    return ends ? this.stateAfterSegment(memory, whole) : { ...(memory && { memory }), segment: whole };
  }

  get #scale(): number {
    return 1 / Math.sqrt(this.#options.headSize);
  }

  get #usualReach(): Reach {
    const { clampDistance } = this.#options;
    return {
      pattern: patternOf(this.#options),
      scores: (query, keys, vectorsOf) =>
        shiftToKeys(scoresOf(query, vectorsOf(fallingDistances(keys, clampDistance)))),
    };
  }

  /** The vectors W_R R_d of distances d: [heads, distances, headSize]. */
  readonly #vectorsOf: VectorsOf = (distances) => {
    const { width, heads, headSize } = this.#options;
    const table = sinusoidalTable(Math.max(...distances) + 1, width, 'halves');
    const rows = distances.map((d) => Array.from(table.subarray(d * width, (d + 1) * width)));
    const vectors = this.distance.apply(tensor2d(rows));
    return transpose(reshape(vectors, [distances.length, heads, headSize]), [1, 0, 2]) as Tensor3D;
  };

  #byHead(x: Tensor3D): Tensor4D {
    const { heads, headSize } = this.#options;
    return reshape(x, [x.shape[0], x.shape[1], heads, headSize]);
  }

  #dropped({ random }: MixContext) {
    const { dropout = 0 } = this.#options;
    return random && dropout > 0 ? { rate: dropout, seed: random.next() } : undefined;
  }
}

/** Positions `start` to `start + count` of x [batch, length, width]. */
function positions(x: Tensor3D, start: number, count: number): Tensor3D {
  if (start === 0 && count === x.shape[1]) return x;
  return slice(x, [0, start, 0], [x.shape[0], count, x.shape[2]]);
}

/** The parts that exist, concatenated along the sequence. */
function joined(parts: readonly (Tensor3D | undefined)[]): Tensor3D {
  const present = parts.filter((part) => part !== undefined);
  return present.length === 1 ? present[0]!.clone() : concat(present, 1);
}
