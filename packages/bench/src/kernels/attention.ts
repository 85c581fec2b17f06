import { attention, causal, full, visiblePairs } from '@sequitur/attention';
import { Random } from '@sequitur/core';
import * as tf from '@tensorflow/tfjs-core';
import { threadsOfOurs } from '../measure/open-with-threads.js';
import { OnnxGraph } from '../onnx/graph.js';
import { floatTensor, onnxThreads, openSession } from '../onnx/session.js';
import { useOurs, useStock } from '../stock/stock-backend.js';
import type { Contest, KernelContender } from './contest.js';

/** Attention with 12 heads of size 64, as in GPT-2 and BERT base. */
export interface AttentionCase {
  readonly length: number;
  readonly pattern: 'causal' | 'full';
  readonly backward: boolean;
}

export const [HEADS, SIZE] = [12, 64];
const TOLERANCE = 1e-4;
/**
 * Longest sequence of the other libraries: at 4096, the 12 x 4096² scores take 805 MB, and they need several such
 * tensors.
 */
const LONGEST_OF_OTHERS = 2048;

export const ATTENTION_LENGTHS: readonly number[] = [256, 512, 1024, 2048, 4096, 8192];

export function attentionCases(lengths: readonly number[]): AttentionCase[] {
  return lengths.flatMap((length) =>
    (['causal', 'full'] as const).flatMap((pattern) =>
      [false, true].map((backward) => ({ length, pattern, backward })),
    ),
  );
}

/** Floating point operations for the visible pairs: two matrix products forward, and five more backward. */
export function attentionFlops({ length, pattern, backward }: AttentionCase): number {
  return 2 * HEADS * SIZE * visiblePairs({ kind: pattern }, length) * (backward ? 7 : 2);
}

/** All contenders that support the case, after checking that their outputs agree. */
export async function prepareAttention(spec: AttentionCase): Promise<Contest> {
  await useOurs();
  const inputs = ['query', 'key', 'value'].map((name) => drawAttention(spec.length, name));
  const tensors = inputs.map((values) => tf.tensor4d(values, [1, spec.length, HEADS, SIZE]));
  const ours = attentionRunner(tensors, spec, (q, k, v) =>
    attention(q, k, v, { pattern: spec.pattern === 'causal' ? causal() : full() }),
  );
  const stock = attentionRunner(tensors, spec, (q, k, v) => stockAttention(q, k, v, spec.pattern === 'causal'));
  const [flops, threads] = [attentionFlops(spec), threadsOfOurs()];
  const found = await ours.output();
  const contenders: KernelContender[] = [{ name: 'Sequitur', threads, flops, prepare: useOurs, run: ours.run }];
  let onnx: Awaited<ReturnType<typeof onnxAttention>> | undefined;
  if (spec.length <= LONGEST_OF_OTHERS) {
    await useStock();
    checkAttention('tfjs', found, await stock.output());
    contenders.push({ name: 'tfjs', threads: 1, flops, prepare: useStock, run: stock.run });
    if (!spec.backward) {
      onnx = await onnxAttention(inputs, spec, threads);
      checkAttention('onnxruntime-web', found, await onnx.output());
      contenders.push({ name: 'onnxruntime-web', threads: await onnxThreads(), flops, run: onnx.run });
    }
  }
  const release = async () => {
    await useOurs();
    tf.dispose(tensors);
    await onnx?.release();
  };
  return { contenders, release };
}

type Attention = (query: tf.Tensor4D, key: tf.Tensor4D, value: tf.Tensor4D) => tf.Tensor4D;

export function attentionRunner(tensors: readonly tf.Tensor4D[], { backward }: AttentionCase, compute: Attention) {
  const [query, key, value] = tensors as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
  const forward = () => tf.tidy(() => compute(query, key, value));
  const gradients = tf.valueAndGrads((...given) =>
    tf.sum(compute(...(given as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D]))),
  );
  return {
    output: async () => {
      const output = forward();
      const values = (await output.data()) as Float32Array;
      output.dispose();
      return values;
    },
    run: () => {
      if (!backward) return forward().dispose();
      const { value: sum, grads } = gradients([query, key, value]);
      tf.dispose([sum, ...grads]);
    },
  };
}

/** Attention composed of tfjs ops: scores of all pairs, causal mask, softmax, product. */
export function stockAttention(
  query: tf.Tensor4D,
  key: tf.Tensor4D,
  value: tf.Tensor4D,
  isCausal: boolean,
): tf.Tensor4D {
  const [q, k, v] = [query, key, value].map((x) => tf.transpose(x, [0, 2, 1, 3]));
  const scores = tf.mul(tf.matMul(q!, k!, false, true), 1 / Math.sqrt(SIZE));
  const length = query.shape[1];
  const masked = isCausal ? tf.add(scores, futureMask(length)) : scores;
  return tf.transpose(tf.matMul(tf.softmax(masked), v!), [0, 2, 1, 3]) as tf.Tensor4D;
}

function futureMask(length: number): tf.Tensor {
  const position = tf.range(0, length, 1, 'int32');
  return tf.mul(tf.cast(tf.greater(tf.expandDims(position, 0), tf.expandDims(position, 1)), 'float32'), -1e9);
}

/** onnxruntime's fused MultiHeadAttention. */
async function onnxAttention(inputs: readonly Float32Array[], { length, pattern }: AttentionCase, threads: number) {
  const graph = new OnnxGraph();
  const shape = [1, length, HEADS * SIZE];
  const names = ['query', 'key', 'value'].map((name) => graph.input(name, shape));
  const attributes = { num_heads: HEADS, unidirectional: Number(pattern === 'causal') };
  graph.node('MultiHeadAttention', names, attributes, { domain: 'com.microsoft', outputs: ['output'] });
  graph.output('output', shape);
  const session = await openSession(graph.bytes(), threads);
  const tensors = await Promise.all(inputs.map((values) => floatTensor(values, shape)));
  const feeds = Object.fromEntries(names.map((name, index) => [name, tensors[index]!]));
  const output = async () => (await session.run(feeds)).output!.data as Float32Array;
  return { output, run: async () => void (await output()), release: () => session.release() };
}

export function drawAttention(length: number, name: string): Float32Array {
  const random = Random.fromSeed(`attention ${name}`);
  return Float32Array.from({ length: length * HEADS * SIZE }, () => random.normal());
}

export function checkAttention(name: string, wanted: Float32Array, found: Float32Array): void {
  const error = wanted.reduce((worst, value, index) => Math.max(worst, Math.abs(value - found[index]!)), 0);
  if (!(error < TOLERANCE)) throw new Error(`${name}'s attention differs from ours by ${error}`);
}
