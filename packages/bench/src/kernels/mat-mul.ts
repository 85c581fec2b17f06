import { Random } from '@sequitur/core';
import { dispose, matMul, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { threadsOfOurs } from '../measure/open-with-threads.js';
import { OnnxGraph } from '../onnx/graph.js';
import { floatTensor, onnxThreads, openSession } from '../onnx/session.js';
import { useOurs, useStock } from '../stock/stock-backend.js';
import type { Contest, KernelContender } from './contest.js';
import { errorOf, flopsOf, type MatMulCase, shapesOf } from './mat-mul-cases.js';

const TOLERANCE = 1e-4;

/** One product everywhere, after each contender has shown that its result is right. */
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

/** B is a constant of the graph, as weights are: onnxruntime may pack it before. A and the result cross the border. */
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
  if (!(error < TOLERANCE)) throw new Error(`${name}: the product is wrong by ${error} times the root of its length`);
}
