import { expect, it } from 'vitest';
import { OnnxGraph } from '../src/onnx/graph.js';
import { floatTensor, openSession } from '../src/onnx/session.js';

it('writes graphs that onnxruntime-web runs', async () => {
  const graph = new OnnxGraph();
  const x = graph.input('x', ['rows', 2]);
  const weight = graph.constant(Float32Array.of(1, 2, 3, 4), [2, 2]);
  const product = graph.node('Gemm', [x, weight], { transB: 1, alpha: { float: 0.5 } });
  graph.node('Transpose', [product], { perm: [1, 0] }, { outputs: ['y'] });
  graph.output('y', [2, 'rows']);
  const session = await openSession(graph.bytes(), 1);
  const { y } = await session.run({ x: await floatTensor(Float32Array.of(1, 0, 0, 1, 2, 2), [3, 2]) });
  expect(y!.dims).toEqual([2, 3]);
  expect([...(y!.data as Float32Array)]).toEqual([0.5, 1, 3, 1.5, 2, 7]);
  await session.release();
});
