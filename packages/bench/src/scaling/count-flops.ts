import {
  attentionFlops as attentionForwardFlops,
  attentionGradientFlops,
  blockLayout,
  type Evicted,
  FULL,
  type LayoutRequest,
  type Pattern,
} from '@sequitur/attention';
import { SequiturError } from '@sequitur/core';
import { engine, type NamedTensorMap, type Tensor, util } from '@tensorflow/tfjs-core';

type Inputs = Readonly<Record<string, Tensor>>;
type Attributes = Readonly<Record<string, unknown>>;

type Formula = (inputs: Inputs, attributes: Attributes) => number;

/** Operations of a kernel call; a multiply-add counts as two. */
const formulas: Readonly<Record<string, Formula>> = {
  BatchMatMul: matMulFlops,
  _FusedMatMul: matMulFlops,
  SequiturLinear: ({ x, weight }) => 2 * x!.size * weight!.shape[1]!,
  SequiturUnembed: ({ x, table }) => 2 * x!.size * table!.shape[0]!,
  SequiturCausalConvolution: convolutionFlops,
  // Gradients of x and of the weight; with an activation, its derivative recomputes the sums.
  SequiturCausalConvolutionGradient: (inputs, attributes) =>
    (attributes.activation === 'none' ? 2 : 3) * convolutionFlops(inputs),
  SequiturSelectiveScan: scanFlops(3),
  SequiturPackedSelectiveScan: scanFlops(3),
  SequiturSelectiveScanGradient: scanFlops(11),
  SequiturDecayedSums: deltaFlops(2),
  SequiturDeltaRule: deltaFlops(3),
  SequiturDiagonalPlusLowRank: deltaFlops(4),
  SequiturDeltaRuleGradient: (inputs) => deltaFlops(inputs.replacement ? 15 : inputs.removal ? 11 : 7)(inputs, {}),
  // The product with the state, forward and backward; the gradient of the weight is a separate product.
  SequiturLstm: ({ gates, hidden }) => 2 * gates!.size * hidden!.shape[1]!,
  SequiturLstmGradient: recurrentGradientFlops,
  SequiturGru: ({ gates, hidden }) => 2 * gates!.size * hidden!.shape[1]!,
  SequiturGruGradient: recurrentGradientFlops,
  SequiturLinearScan: ({ decay }) => 2 * decay!.size,
  SequiturLinearScanGradient: ({ decay }) => 4 * decay!.size,
};

/** Our kernels without matrix products: their work is a small fraction that decreases with the width. */
const uncounted = [
  ...['Activation', 'ActivationGradient', 'ColumnSums', 'Dropout', 'Embed', 'EmbedGradient', 'LayerNorm'],
  ...['LayerNormGradient', 'RmsNorm', 'RmsNormGradient', 'Rotate', 'SoftmaxCrossEntropy'],
  ...['SoftmaxCrossEntropyGradient', 'SquaredSum'],
].map((name) => `Sequitur${name}`);

/** Kernels with matrix products but without a formula: they are refused, since they would be missed silently. */
const refused = ['Conv2D', 'Conv2DBackpropFilter', 'Conv2DBackpropInput', 'DepthwiseConv2dNative', 'Einsum'];

/**
 * Runs `compute` and counts the operations of every kernel that it runs, to check declared costs. A kernel with a
 * formula is counted as a whole, including the kernels that it calls.
 *
 * @throws SequiturError for a kernel with matrix products but without a formula
 */
export function countFlops<T>(compute: () => T): { readonly result: T; readonly flops: number } {
  const running = engine();
  const original = running.runKernel;
  let [flops, inside] = [0, 0];
  running.runKernel = function counting(this: unknown, name, inputs: NamedTensorMap, attributes) {
    const formula = formulaOf(name);
    if (formula && inside === 0) flops += formula(inputs as Inputs, (attributes ?? {}) as Attributes);
    if (formula) inside++;
    try {
      return original.call(running, name, inputs, attributes) as never;
    } finally {
      if (formula) inside--;
    }
  };
  try {
    return { result: compute(), flops };
  } finally {
    running.runKernel = original;
  }
}

function formulaOf(name: string): Formula | undefined {
  if (name.startsWith('SequiturAttentionGradient')) return attentionFlops(attentionGradientFlops);
  if (name.startsWith('SequiturAttention')) return attentionFlops(attentionForwardFlops);
  if (Object.hasOwn(formulas, name)) return formulas[name];
  if (refused.includes(name) || (name.startsWith('Sequitur') && !uncounted.includes(name))) {
    throw new SequiturError({ where: 'counting operations', expected: 'kernels with a formula', got: name });
  }
  return undefined;
}

/** Multiply-adds per state element and position. */
function scanFlops(multiplyAdds: number): Formula {
  return ({ x, stateMatrix }) => 2 * multiplyAdds * x!.size * stateMatrix!.shape[1]!;
}

/** Multiply-adds per element of the matrix of a head and position. */
function deltaFlops(multiplyAdds: number): Formula {
  return ({ key, value }) => 2 * multiplyAdds * key!.size * value!.shape[3]!;
}

function recurrentGradientFlops({ weight, dOutputs }: Inputs): number {
  return 2 * dOutputs!.size * weight!.shape[1]!;
}

function convolutionFlops({ x, weight }: Inputs): number {
  return 2 * x!.shape[0]! * (x!.shape[1]! - weight!.shape[0]! + 1) * weight!.size;
}

function matMulFlops({ a, b }: Inputs, { transposeA, transposeB }: Attributes): number {
  const [rowsA, columnsA] = a!.shape.slice(-2) as [number, number];
  const [rowsB, columnsB] = b!.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const n = transposeB ? rowsB : columnsB;
  const batches = Math.max(util.sizeFromShape(a!.shape.slice(0, -2)), util.sizeFromShape(b!.shape.slice(0, -2)));
  return 2 * batches * m * k * n;
}

/** Operations per visible query-key pair and head. */
function attentionFlops(ofPair: (sizes: { headSize: number; valueSize: number }) => number): Formula {
  return ({ query, value }, attributes) => {
    const [batch, queries, heads, headSize] = query!.shape as [number, number, number, number];
    const { patterns, keyLength, offset, evicted } = attributes as unknown as AttentionAttributes;
    const place = { queries, keys: keyLength, offset, evicted };
    const pairs = patterns.reduce((sum, pattern) => sum + pairsOf(pattern, place), 0);
    return batch * pairs * (heads / patterns.length) * ofPair({ headSize, valueSize: value!.shape[3]! });
  };
}

interface AttentionAttributes {
  readonly patterns: readonly Pattern[];
  readonly keyLength: number;
  readonly offset: number;
  readonly evicted?: Evicted;
}

const BLOCK = 64;

/** Number of visible query-key pairs, from the block layout of the kernels. */
function pairsOf(pattern: Pattern, place: Omit<LayoutRequest, 'queryBlock' | 'keyBlock'>): number {
  const { queries, keys } = place;
  const { starts, entries, masks } = blockLayout(pattern, { ...place, queryBlock: BLOCK, keyBlock: BLOCK });
  let pairs = 0;
  for (let block = 0; block + 1 < starts.length; block++) {
    const rows = Math.min(BLOCK, queries - block * BLOCK);
    for (let entry = starts[block]!; entry < starts[block + 1]!; entry++) {
      const [column, mask] = [entries[2 * entry]!, entries[2 * entry + 1]!];
      pairs += mask === FULL ? rows * Math.min(BLOCK, keys - column * BLOCK) : bitsIn(masks, mask);
    }
  }
  return pairs;
}

function bitsIn(masks: Int32Array, mask: number): number {
  const size = (BLOCK / 32) * BLOCK;
  let bits = 0;
  for (const word of masks.subarray(mask * size, (mask + 1) * size)) {
    for (let rest = word; rest !== 0; rest &= rest - 1) bits++;
  }
  return bits;
}
