import {
  expectStateTensors,
  linearFlops,
  type MixContext,
  Parameter,
  type PartCost,
  type SequenceMixer,
  zeros as zerosOf,
} from '@sequitur/core';
import {
  add,
  concat,
  mul,
  reshape,
  sigmoid,
  sub,
  type Tensor3D,
  type Tensor4D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { attentionFlops, attentionGradientFlops } from '../attention-cost.js';
import { attention, attentionWeights } from '../ops/scaled-dot-product/index.js';
import { causal, visiblePairs } from '../patterns/index.js';
import { ProjectedAttention, type ProjectionOptions } from '../projected-attention.js';
import {
  type CompressiveMemory,
  emptyCompressiveMemory,
  positiveFeatures,
  retrieve,
  updateMemory,
} from './compressive-memory.js';
import { pieceContext, refuseMasks, splitAt, splitIntoSegments } from './segments.js';

export interface InfiniAttentionOptions extends Omit<ProjectionOptions, 'keyHeads' | 'queryNorm' | 'keyNorm'> {
  /** Positions per segment; a full segment is stored in the compressive memory. */
  readonly segmentLength: number;
  /**
   * Whether memory updates follow the delta rule: only the difference from what the memory already retrieves is added.
   * Default true.
   */
  readonly delta?: boolean;
}

/** The compressive memory of earlier segments, and the keys and values of the current one. */
export type InfiniState = CompressiveMemory & { readonly keys?: Tensor4D; readonly values?: Tensor4D };

/**
 * Infini-attention (Munkhdalai et al. 2024, section 2.1): causal attention within a segment and a compressive memory of
 * all earlier segments, mixed by a gate per head. The state is constant in the length of the sequence.
 *
 * Observable: `weights` [batch, heads, length, keys] of every chunk of a segment.
 */
export class InfiniAttention extends ProjectedAttention implements SequenceMixer<InfiniState> {
  /** β of equation 6: the share of the memory in each head's output is σ(β). */
  readonly gate: Parameter; // [heads, 1]
  readonly segmentLength: number;
  readonly #delta: boolean;

  constructor(options: InfiniAttentionOptions) {
    super(options);
    this.gate = new Parameter([options.heads, 1], zerosOf);
    this.segmentLength = options.segmentLength;
    this.#delta = options.delta ?? true;
  }

  initState(batchSize: number): InfiniState {
    return emptyCompressiveMemory(batchSize, this.heads, this.headSize, this.valueSize);
  }

  /** Cost of `length` tokens of one sequence, after `seen` earlier ones. */
  cost(length: number, seen = 0): PartCost {
    const { heads, headSize, valueSize, segmentLength } = this;
    const retrieving = (rows: number) => 2 * heads * rows * headSize * (valueSize + 1);
    const projections = linearFlops(this, length);
    let [flops, gradientFlops] = [projections, 2 * projections];
    for (const { start, count, ends } of splitIntoSegments(length, seen % segmentLength, segmentLength)) {
      const position = seen + start;
      const before = position % segmentLength;
      const pairs = heads * visiblePairs(causal(), count, before);
      flops += pairs * attentionFlops(this) + retrieving(count);
      // The memory of the first segment is empty, and no later query reads the last update.
      const sides = position < segmentLength ? 1 : 2;
      gradientFlops += pairs * attentionGradientFlops(this) + sides * retrieving(count);
      if (!ends) continue;
      const adding = 2 * heads * segmentLength * headSize * valueSize;
      const known = this.#delta ? retrieving(segmentLength) : 0;
      flops += adding + known;
      if (start + count < length) gradientFlops += 2 * adding + sides * known;
    }
    const filled = (seen + length) % segmentLength;
    const stateBytes = 4 * heads * (headSize * (valueSize + 1) + filled * (headSize + valueSize));
    return { flops, gradientFlops, stateBytes };
  }

  mix(x: Tensor3D, state: InfiniState, context: MixContext): { output: Tensor3D; state: InfiniState } {
    refuseMasks('InfiniAttention', context);
    const { heads, headSize, valueSize } = this;
    expectStateTensors('InfiniAttention', state, {
      matrix: [x.shape[0], heads, headSize, valueSize],
      normaliser: [x.shape[0], heads, headSize, 1],
    });
    if (state.keys || state.values) {
      const filled = state.keys?.shape[1] ?? 'any';
      const shape = (size: number) => [x.shape[0], filled, heads, size] as const;
      expectStateTensors('InfiniAttention', state, { keys: shape(headSize), values: shape(valueSize) });
    }
    return tidy(() => {
      const pieces = splitIntoSegments(x.shape[1], state.keys?.shape[1] ?? 0, this.segmentLength);
      const [query, key, value] = [this.queriesOf(x), this.keysOf(x), this.valuesOf(x)].map((all) =>
        splitAt(all, pieces),
      );
      let now = state;
      const outputs = pieces.map((piece, index) => {
        const keys = behind(now.keys, key![index]!);
        const values = behind(now.values, value![index]!);
        const output = this.#read(query![index]!, keys, values, now, pieceContext(context, index));
        now = piece.ends ? this.#memorised(now, keys, values) : { ...now, keys, values };
        return output;
      });
      const mixed = outputs.length === 1 ? outputs[0]! : (concat(outputs, 1) as Tensor4D);
      return { output: this.output.apply(reshape(mixed, [x.shape[0], x.shape[1], -1]) as Tensor3D), state: now };
    });
  }

  /** Equation 6: A = σ(β) A_mem + (1 - σ(β)) A_dot, [batch, length, heads, valueSize]. */
  #read(query: Tensor4D, keys: Tensor4D, values: Tensor4D, memory: CompressiveMemory, context: MixContext): Tensor4D {
    const options = { scale: this.scale, pattern: causal() };
    if (context.observe) context.observe('weights', attentionWeights(query, keys, options));
    const { random } = context;
    const dropout = random && this.dropout > 0 ? { rate: this.dropout, seed: random.next() } : undefined;
    const local = attention(query, keys, values, { ...options, ...(dropout && { dropout }) });
    const retrieved = byPosition(retrieve(positiveFeatures(byHead(query)), memory));
    const share = sigmoid(this.gate.value);
    return add(mul(share, retrieved), mul(sub(1, share), local)) as Tensor4D;
  }

  #memorised({ matrix, normaliser }: InfiniState, keys: Tensor4D, values: Tensor4D): InfiniState {
    return updateMemory({ matrix, normaliser }, positiveFeatures(byHead(keys)), byHead(values), this.#delta);
  }
}

/** [batch, length, heads, size] -> [batch, heads, length, size]. */
function byHead(x: Tensor4D): Tensor4D {
  return transpose(x, [0, 2, 1, 3]);
}

/** [batch, heads, length, size] -> [batch, length, heads, size]. */
function byPosition(x: Tensor4D): Tensor4D {
  return transpose(x, [0, 2, 1, 3]);
}

function behind(before: Tensor4D | undefined, now: Tensor4D): Tensor4D {
  return before ? (concat([before, now], 1) as Tensor4D) : now;
}
