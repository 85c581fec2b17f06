import { attentionWeights, longformerAttention, longformerPattern } from '@sequitur/attention';
import { cast, type Tensor, type Tensor2D, tensor } from '@tensorflow/tfjs-core';
import type { Operation, OperationCase } from './operation.js';
import { joined, projected } from './projections.js';

/** LongformerSelfAttention: the output before the projection, and the weights laid out by distance. */
export const longformerAttentionCases: Operation = async (given) => {
  const heads = given.attribute<number>('num_heads')!;
  const window = given.attribute<number>('window')!;
  const globals = given.attribute<readonly (readonly number[])[]>('global_positions')!;
  const hidden = given.input('hidden');
  const attentionMask = cast(given.input('attention_mask'), 'float32') as Tensor2D;
  const through = (suffix: string) => ({
    query: projected(given, hidden, `query${suffix}`, heads),
    key: projected(given, hidden, `key${suffix}`, heads),
    value: projected(given, hidden, `value${suffix}`, heads),
  });
  const local = through('');
  const out = joined(longformerAttention(local, through('_global'), { window, globals, attentionMask }));
  const rows = Array.from({ length: hidden.shape[0]! }, (_, row) => globals[row] ?? []);
  const patterns = rows.map((positions) => longformerPattern(window, positions));
  const dense = patterns.map((pattern) => attentionWeights(local.query, local.key, { pattern, attentionMask }));
  const seen = await attentionMask.data();
  const values = await Promise.all(dense.map((weights) => weights.data()));
  return { out, attn: byDistance(given, { values, seen, rows, window, heads }) };
};

interface Weights {
  /** Weights [batch, heads, length, length] for the pattern of each row. */
  readonly values: readonly ArrayLike<number>[];
  readonly seen: ArrayLike<number>;
  readonly rows: readonly (readonly number[])[];
  readonly window: number;
  readonly heads: number;
}

/** [batch, length, heads, globals + window + 1]: the global keys, then the other keys of the window. */
function byDistance(given: OperationCase, { values, seen, rows, window, heads }: Weights): Tensor {
  const [, length] = given.input('hidden').shape as [number, number];
  const most = Math.max(...rows.map((positions) => positions.length));
  const width = most + window + 1;
  const numbers = new Float32Array(rows.length * length * heads * width);
  for (const [b, positions] of rows.entries()) {
    for (let q = 0; q < length; q++) {
      if (positions.includes(q) || !seen[b * length + q]) continue; // rows of zeros there
      for (let h = 0; h < heads; h++) {
        const from = ((b * heads + h) * length + q) * length;
        const to = ((b * length + q) * heads + h) * width;
        for (const [index, key] of positions.entries()) numbers[to + index] = values[b]![from + key]!;
        for (let i = 0; i <= window; i++) {
          const key = q - window / 2 + i;
          if (key < 0 || key >= length || positions.includes(key)) continue;
          numbers[to + most + i] = values[b]![from + key]!;
        }
      }
    }
  }
  return tensor(numbers, [rows.length, length, heads, width]);
}
