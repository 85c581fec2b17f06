import { expectStateTensors, linearFlops, type MixContext, type PartCost, type SequenceMixer } from '@sequitur/core';
import {
  add,
  cast,
  concat,
  cumsum,
  div,
  equal,
  linalg,
  matMul,
  maximum,
  mul,
  ones,
  reshape,
  slice,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { ProjectedAttention, type ProjectionOptions } from '../projected-attention.js';
import {
  type CompressiveMemory,
  emptyCompressiveMemory,
  positiveFeatures,
  updateMemory,
} from './compressive-memory.js';
import { splitAt, splitIntoSegments } from './segments.js';

export interface LinearAttentionOptions extends Omit<ProjectionOptions, 'keyHeads' | 'scale' | 'dropout'> {
  /** Positions per matrix product; affects only the speed. Default 64. */
  readonly chunkLength?: number;
}

/**
 * Linear attention (Katharopoulos et al. 2020, equations 9 to 12): the kernel of softmax is replaced by σ(q)·σ(k) with
 * σ(x) = ELU(x) + 1, so that the state is one matrix and one vector. Time is linear in the length, the state constant.
 */
export class LinearAttention extends ProjectedAttention implements SequenceMixer<CompressiveMemory> {
  readonly #chunkLength: number;

  constructor(options: LinearAttentionOptions) {
    super(options);
    this.#chunkLength = options.chunkLength ?? 64;
  }

  initState(batchSize: number): CompressiveMemory {
    return emptyCompressiveMemory(batchSize, this.heads, this.headSize, this.valueSize);
  }

  /** Cost of `length` tokens of one sequence, after `seen` earlier ones. */
  cost(length: number, seen = 0): PartCost {
    const { heads, headSize, valueSize } = this;
    const projections = linearFlops(this, length);
    let [flops, gradientFlops] = [projections, 2 * projections];
    for (const { start, count } of splitIntoSegments(length, 0, this.#chunkLength)) {
      const within = 2 * heads * count * count * (headSize + valueSize);
      const retrieving = 2 * heads * count * headSize * (valueSize + 1);
      const adding = 2 * heads * count * headSize * valueSize;
      flops += within + retrieving + adding;
      // An empty memory gets no gradient, and no query reads the update by the last token.
      gradientFlops +=
        2 * within + (seen + start === 0 ? 1 : 2) * retrieving + (start + count < length ? 2 * adding : 0);
    }
    return { flops, gradientFlops, stateBytes: 4 * heads * headSize * (valueSize + 1) };
  }

  mix(x: Tensor3D, state: CompressiveMemory, context: MixContext): { output: Tensor3D; state: CompressiveMemory } {
    const { attentionMask, resets } = context;
    const { heads, headSize, valueSize } = this;
    expectStateTensors('LinearAttention', state, {
      matrix: [x.shape[0], heads, headSize, valueSize],
      normaliser: [x.shape[0], heads, headSize, 1],
    });
    return tidy(() => {
      const [batch, length] = x.shape;
      const pieces = splitIntoSegments(length, 0, this.#chunkLength);
      const query = splitAt(positiveFeatures(this.queriesOf(x)), pieces);
      const key = splitAt(shown(positiveFeatures(this.keysOf(x)), attentionMask), pieces);
      const value = splitAt(this.valuesOf(x), pieces);
      const begins = resets && splitAt(cast(resets, 'float32'), pieces);
      const longest = linalg.bandPart(ones([pieces[0]!.count, pieces[0]!.count]) as Tensor2D, -1, 0);
      let now = state;
      const outputs = pieces.map(({ count }, index) => {
        const [q, k, v] = [query, key, value].map((parts) => byHead(parts[index]!)) as [Tensor4D, Tensor4D, Tensor4D];
        const causal = slice(longest, [0, 0], [count, count]);
        const packed = begins && packing(begins[index] as Tensor2D);
        const output = readChunk(q, k, v, now, { causal, ...packed });
        now = updateMemory(packed ? faded(now, packed.kept) : now, packed ? mul(k, packed.stays) : k, v, false);
        return byHead(output);
      });
      const mixed = outputs.length === 1 ? outputs[0]! : concat(outputs, 1);
      return { output: this.output.apply(reshape(mixed, [batch, length, -1]) as Tensor3D), state: now };
    });
  }
}

/** The packed sequences of a chunk, as masks: 1 where the statement holds, else 0. */
interface Packing {
  /** Whether a query and a key are in one sequence. */
  readonly together: Tensor; // [batch, 1, length, length]
  /** Whether a position continues the sequence whose memory this is. */
  readonly continues: Tensor; // [batch, 1, length, 1]
  /** Whether a position belongs to the sequence that continues after the chunk. */
  readonly stays: Tensor; // [batch, 1, length, 1]
  /** Whether the memory belongs to the sequence that continues after the chunk. */
  readonly kept: Tensor; // [batch, 1, 1, 1]
}

/**
 * The masks of packed sequences.
 *
 * @param resets float32 [batch, length]
 */
function packing(resets: Tensor2D): Packing {
  const [batch, length] = resets.shape;
  const sequence = cumsum(resets, 1); // 0 for the one that the chunk continues
  const last = slice(sequence, [0, length - 1], [batch, 1]);
  const [rows, columns] = [reshape(sequence, [batch, 1, length, 1]), reshape(sequence, [batch, 1, 1, length])];
  const so = (condition: Tensor) => cast(condition, 'float32');
  return {
    together: so(equal(rows, columns)),
    continues: so(equal(rows, 0)),
    stays: so(equal(rows, reshape(last, [batch, 1, 1, 1]))),
    kept: so(equal(reshape(last, [batch, 1, 1, 1]), 0)),
  };
}

/** The memory of the rows where it is kept, zeros in the others. */
function faded({ matrix, normaliser }: CompressiveMemory, kept: Tensor): CompressiveMemory {
  return { matrix: mul(matrix, kept), normaliser: mul(normaliser, kept) };
}

/**
 * Each position of a chunk attends to the memory and to the positions of the chunk where `causal` [length, length] is
 * 1.
 */
function readChunk(
  query: Tensor4D,
  key: Tensor4D,
  value: Tensor4D,
  memory: CompressiveMemory,
  { causal, together, continues }: { readonly causal: Tensor2D } & Partial<Packing>,
): Tensor4D {
  const all = mul(matMul(query, key, false, true), causal); // [batch, heads, length, length]
  const scores = together ? mul(all, together) : all;
  const asking = continues ? (mul(query, continues) as Tensor4D) : query;
  const numerator = add(matMul(scores, value), matMul(asking, memory.matrix));
  const denominator = add(sum(scores, -1, true), matMul(asking, memory.normaliser));
  return div(numerator, maximum(denominator, 1e-6)) as Tensor4D;
}

/** [batch, length, heads, size] -> [batch, heads, length, size], and back. */
function byHead(x: Tensor4D): Tensor4D {
  return transpose(x, [0, 2, 1, 3]);
}

/** Features [batch, length, heads, size], set to 0 at padding, which then leaves the memory unchanged. */
function shown(features: Tensor4D, attentionMask: Tensor2D | undefined): Tensor4D {
  if (!attentionMask) return features;
  const [batch, length] = attentionMask.shape;
  return mul(features, reshape(cast(attentionMask, 'float32'), [batch, length, 1, 1]));
}
