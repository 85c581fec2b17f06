import { type Tensor4D, tensor3d, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { COST_LENGTH, type Way, WINDOW } from '../../protocol/see.js';
import {
  attentionWeights,
  type Block,
  type CausalStack,
  causal,
  InfiniAttention,
  initialize,
  type Module,
  MultiHeadAttention,
  mamba,
  type Pattern,
} from '../packages.js';
import { type Observed, observed } from './observed.js';

const window: Pattern = { kind: 'slidingWindow', left: WINDOW - 1, right: 0 };

interface WayParts {
  readonly stack: CausalStack;
  readonly mixer: MultiHeadAttention;
  readonly layer: number;
  readonly found: ReadonlyMap<string, Observed>;
  /** [query, key] of the head. */
  readonly weights: Float32Array;
  readonly queries: readonly Float32Array[];
  readonly keys: readonly Float32Array[];
}

/** The same vectors, read in four ways; and what each would cost in all layers of the model. */
export async function waysOf(parts: WayParts): Promise<Way[]> {
  const { stack, mixer, weights, queries } = parts;
  const depth = stack.blocks.length;
  const options = { width: stack.width, heads: mixer.heads };
  const block = mamba({}).build({ width: stack.width, depth, index: 0 });
  const seen = await impliedAttention(initialize(block, 0), parts);
  const cost = (
    of: Module,
    name: Pick<Way, 'name' | 'family'>,
    shown: ArrayLike<number>,
    layers: Way['layers'] = null,
  ) => {
    const { cost: costs } = of as unknown as { cost(length: number): { flops: number; stateBytes: number } };
    const { flops, stateBytes } = costs.call(of, COST_LENGTH);
    const exponent = Math.log2(flops / costs.call(of, COST_LENGTH / 2).flops);
    return { ...name, weights: shown, layers, stateBytes: depth * stateBytes, exponent };
  };
  const mixerOfBlock = (block as unknown as { readonly mixer: Module }).mixer;
  const ways = [
    cost(new MultiHeadAttention({ ...options, pattern: causal() }), { name: 'attention', family: 'dense' }, weights),
    cost(
      new MultiHeadAttention({ ...options, pattern: window }),
      { name: 'window', family: 'sparse' },
      await windowed(parts),
      Math.ceil((queries.length - 1) / (WINDOW - 1)),
    ),
    cost(
      new InfiniAttention({ ...options, segmentLength: WINDOW }),
      { name: 'memory', family: 'memory' },
      remembered(parts),
    ),
    cost(mixerOfBlock, { name: 'mamba', family: 'state' }, seen),
  ];
  block.dispose();
  return ways;
}

/** The head’s weights where it may only look so far. */
async function windowed({ mixer, queries, keys }: WayParts): Promise<Float32Array> {
  const weights = tidy(() => {
    return attentionWeights(byHead(queries), byHead(keys), { pattern: window, scale: mixer.scale });
  });
  const values = (await weights.data()) as Float32Array;
  weights.dispose();
  return values;
}

/**
 * Infini-attention by the head’s queries and keys: half of what a token gets comes from its segment, half from the memory
 * of the segments before, which is where its gate begins (Munkhdalai et al. 2024, equations 3 and 6).
 */
function remembered({ mixer, queries, keys }: WayParts): Float32Array {
  const length = queries.length;
  const weights = new Float32Array(length ** 2);
  const features = (row: Float32Array) => row.map((value) => (value > 0 ? value + 1 : Math.exp(value)));
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, at) => sum + value * b[at]!, 0);
  for (const [query, asks] of queries.entries()) {
    const start = query - (query % WINDOW);
    const within = keys.slice(start, query + 1).map((key) => Math.exp(dot(asks, key) * mixer.scale));
    const before = keys.slice(0, start).map((key) => dot(features(asks), features(key)));
    const share = start > 0 ? 0.5 : 1;
    const put = (shares: readonly number[], first: number, part: number) => {
      const total = shares.reduce((sum, value) => sum + value, 0);
      for (const [at, value] of shares.entries()) weights[query * length + first + at] = (part * value) / total;
    };
    put(within, start, share);
    put(before, 0, 1 - share);
  }
  return weights;
}

/** What a Mamba block as it begins, before any training, keeps of each vector that the layer reads. */
async function impliedAttention(block: Block, { layer, found }: WayParts): Promise<Float32Array> {
  const { values, shape } = found.get(layer === 0 ? 'embedding' : `blocks.${layer - 1}.output`)!;
  const { observe, values: kept } = observed(/mixer\.attention$/);
  tidy(() => {
    const x = tensor3d(values, shape as [number, number, number]);
    block.apply(x, block.initState(1), { observe });
  });
  const [attention] = (await kept()).values();
  return sharesOfRows(attention!.values.map(Math.abs), shape[1]!);
}

function sharesOfRows(values: Float32Array, length: number): Float32Array {
  return values.map((value, cell) => {
    const start = cell - (cell % length);
    const total = values.subarray(start, start + length).reduce((sum, other) => sum + other, 0);
    return total > 0 ? value / total : 0;
  });
}

/** Rows as [1, length, 1, size]. */
function byHead(rows: readonly Float32Array[]): Tensor4D {
  return tensor4d(
    rows.flatMap((row) => Array.from(row)),
    [1, rows.length, 1, rows[0]!.length],
  );
}
