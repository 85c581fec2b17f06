import { Random } from '@sequitur/core';
import { dispose, matMul, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { threadsOfOurs } from '../measure/open-with-threads.js';
import { OnnxGraph } from '../onnx/graph.js';
import { floatTensor, onnxThreads, openSession } from '../onnx/session.js';
import { useOurs, useStock } from '../stock/stock-backend.js';
import type { Contest, KernelContender } from './contest.js';

/** A product op(A) op(B) of matrices [m, k] and [k, n], `batch` of them. */
export interface MatMulCase {
  readonly title: string;
  readonly batch: number;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

export const matMulCases: readonly MatMulCase[] = [
  product('feed-forward', 1024, 768, 3072),
  product('feed-forward, Aᵀ B', 1024, 768, 3072, { transposeA: true }),
  product('feed-forward, A Bᵀ', 1024, 768, 3072, { transposeB: true }),
  product('feed-forward, Aᵀ Bᵀ', 1024, 768, 3072, { transposeA: true, transposeB: true }),
  product('scores of 12 heads', 512, 64, 512, { batch: 12, transposeB: true }),
  product('values of 12 heads', 512, 512, 64, { batch: 12 }),
  product('gradient of values', 512, 512, 64, { batch: 12, transposeA: true }),
  product('one token up', 1, 768, 3072),
  product('one token down', 1, 3072, 768),
  product('tied head, one token', 1, 768, 50257, { transposeB: true }),
  product('tied head, 64 tokens', 64, 768, 50257, { transposeB: true }),
];

function product(
  title: string,
  m: number,
  k: number,
  n: number,
  { batch = 1, transposeA = false, transposeB = false }: Partial<MatMulCase> = {},
): MatMulCase {
  return { title, batch, m, k, n, transposeA, transposeB };
}

const TOLERANCE = 1e-4;

/** Prepares one product for every contender, after checking their results. */
export async function prepareMatMul(spec: MatMulCase): Promise<Contest> {
  const [shapeA, shapeB] = shapesOf(spec);
  const [a, b] = [draw(shapeA, 'a'), draw(shapeB, 'b')];
  await useOurs();
  const [flops, threads] = [flopsOf(spec), threadsOfOurs()];
  const [x, y] = [tensor(a, shapeA), tensor(b, shapeB)];
  const onnx = await onnxProduct(spec, a, b, threads);
  const { transposeA, transposeB } = spec;
  const compute = () => matMul(x, y, transposeA, transposeB);
  for (const use of [useStock, useOurs]) {
    await use();
    await checkTensor(use === useOurs ? 'Sequitur' : 'tfjs', spec, a, b, compute());
  }
  check('onnxruntime-web', errorOf(spec, a, b, await onnx.result()));
  const run = () => compute().dispose();
  const contenders: KernelContender[] = [
    { name: 'Sequitur', threads, flops, prepare: useOurs, run },
    { name: 'tfjs', threads: 1, flops, prepare: useStock, run },
    { name: 'onnxruntime-web', threads: await onnxThreads(), flops, run: onnx.run },
  ];
  const release = async () => {
    await useOurs();
    dispose([x, y]);
    await onnx.release();
  };
  return { contenders, release };
}

/**
 * B is a constant of the graph, like weights, so onnxruntime may pack it in advance. A and the result are copied in and
 * out.
 */
async function onnxProduct(spec: MatMulCase, a: Float32Array, b: Float32Array, threads: number) {
  const [shapeA, shapeB] = shapesOf(spec);
  const graph = new OnnxGraph();
  const [x, y] = [graph.input('a', shapeA), graph.constant(b, shapeB)];
  const result = spec.batch === 1 ? gemm(graph, x, y, spec) : batched(graph, x, y, spec);
  graph.output(result, spec.batch === 1 ? [spec.m, spec.n] : [spec.batch, spec.m, spec.n]);
  const session = await openSession(graph.bytes(), threads);
  const feeds = { a: await floatTensor(a, shapeA) };
  const run = async () => Object.values(await session.run(feeds))[0]!.data as Float32Array;
  return { run: async () => void (await run()), result: run, release: () => session.release() };
}

function gemm(graph: OnnxGraph, a: string, b: string, { transposeA, transposeB }: MatMulCase): string {
  return graph.node('Gemm', [a, b], { transA: Number(transposeA), transB: Number(transposeB) });
}

function batched(graph: OnnxGraph, a: string, b: string, { transposeA, transposeB }: MatMulCase): string {
  const turned = (name: string, turn: boolean) => (turn ? graph.node('Transpose', [name], { perm: [0, 2, 1] }) : name);
  return graph.node('MatMul', [turned(a, transposeA), turned(b, transposeB)]);
}

function draw(shape: readonly number[], name: string): Float32Array {
  const random = Random.fromSeed(`matMul ${name}`);
  return Float32Array.from({ length: shape.reduce((size, n) => size * n, 1) }, () => random.uniform() * 3.4 - 1.7);
}

async function checkTensor(name: string, spec: MatMulCase, a: Float32Array, b: Float32Array, result: Tensor) {
  check(name, errorOf(spec, a, b, (await result.data()) as Float32Array));
  result.dispose();
}

function check(name: string, error: number): void {
  if (!(error < TOLERANCE))
    throw new Error(`${name}: the product is wrong by ${error} times the square root of its inner dimension`);
}

function flopsOf({ batch, m, k, n }: MatMulCase): number {
  return 2 * batch * m * k * n;
}

function shapesOf({ batch, m, k, n, transposeA, transposeB }: MatMulCase): [a: number[], b: number[]] {
  const leading = batch === 1 ? [] : [batch];
  return [
    [...leading, ...(transposeA ? [k, m] : [m, k])],
    [...leading, ...(transposeB ? [n, k] : [k, n])],
  ];
}

/**
 * The largest difference of sampled elements of `found` from double precision, relative to the square root of the inner
 * dimension, by which the rounding error of products of values near 1 grows.
 */
function errorOf(spec: MatMulCase, a: Float32Array, b: Float32Array, found: Float32Array): number {
  const { batch, m, k, n, transposeA, transposeB } = spec;
  let worst = found.length === batch * m * n ? 0 : Number.POSITIVE_INFINITY;
  const step = Math.max(1, Math.floor(found.length / 997));
  for (let at = 0; at < found.length; at += step) {
    const [which, i, j] = [Math.floor(at / (m * n)), Math.floor(at / n) % m, at % n];
    let sum = 0;
    for (let p = 0; p < k; p++) {
      sum +=
        a[which * m * k + (transposeA ? p * m + i : i * k + p)]! *
        b[which * k * n + (transposeB ? j * k + p : p * n + j)]!;
    }
    worst = Math.max(worst, Math.abs(sum - found[at]!) / Math.sqrt(k));
  }
  return worst;
}
