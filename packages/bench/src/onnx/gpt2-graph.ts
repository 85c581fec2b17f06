import { type Parameter, parametersOf } from '@sequitur/core';
import type { Gpt } from '@sequitur/gpt';
import { OnnxGraph } from './graph.js';

const CONTRIBUTED = { domain: 'com.microsoft' };

/**
 * A GPT-2 as an exporter with fusions would write it for onnxruntime: LayerNormalization, MatMul with constant weights,
 * onnxruntime's fused causal Attention with past keys and values, FastGelu, and the logits of the last token by the
 * tied embedding.
 *
 * Inputs: `ids` int64 [1, length], `positions` int64 [length], `past<i>` [2, 1, heads, past, headSize]. Outputs:
 * `logits` [1, vocabulary], `present<i>`.
 */
export async function gpt2Graph(model: Gpt): Promise<Uint8Array> {
  const graph = new OnnxGraph();
  const parameters = parametersOf(model);
  const read = (path: string) => (parameters.get(path) as Parameter).read();
  const constant = async (path: string) => graph.constant(await read(path), parameters.get(path)!.shape);
  const { width, depth, heads, vocabularySize } = model.config;

  const norm = async (x: string, path: string) =>
    graph.node('LayerNormalization', [x, await constant(`${path}.weight`), await constant(`${path}.bias`)], {
      axis: -1,
      epsilon: { float: 1e-5 },
    });
  const linear = async (x: string, path: string) =>
    graph.node('Add', [graph.node('MatMul', [x, await constant(`${path}.weight`)]), await constant(`${path}.bias`)]);

  const ids = graph.input('ids', [1, 'length'], 'int64');
  const positions = graph.input('positions', ['length'], 'int64');
  const table = await constant('embedding.tokens.weight');
  let x = graph.node('Add', [
    graph.node('Gather', [table, ids]),
    graph.node('Gather', [await constant('embedding.positions.weight'), positions]),
  ]);
  for (let index = 0; index < depth; index++) {
    const path = `blocks.${index}`;
    const past = graph.input(`past${index}`, [2, 1, heads, 'past', width / heads]);
    const weight = graph.constant(await sideBySide(read, `${path}.mixer`, 'weight', width), [width, 3 * width]);
    const bias = graph.constant(await sideBySide(read, `${path}.mixer`, 'bias', width), [3 * width]);
    const attended = graph.node(
      'Attention',
      [await norm(x, `${path}.mixerNorm`), weight, bias, '', past],
      { num_heads: heads, unidirectional: 1 },
      { ...CONTRIBUTED, outputs: [`attended${index}`, `present${index}`] },
    );
    graph.output(`present${index}`, [2, 1, heads, 'total', width / heads]);
    x = graph.node('Add', [x, await linear(attended, `${path}.mixer.output`)]);
    const hidden = graph.node('MatMul', [
      await norm(x, `${path}.feedForwardNorm`),
      await constant(`${path}.feedForward.up.weight`),
    ]);
    const active = graph.node('FastGelu', [hidden, await constant(`${path}.feedForward.up.bias`)], {}, CONTRIBUTED);
    x = graph.node('Add', [x, await linear(active, `${path}.feedForward.down`)]);
  }
  const last = graph.node('Gather', [x, graph.constant(BigInt64Array.of(-1n), [])], { axis: 1 });
  graph.node('Gemm', [await norm(last, 'norm'), table], { transB: 1 }, { outputs: ['logits'] });
  graph.output('logits', [1, vocabularySize]);
  return graph.bytes();
}

/** Query, key and value columns concatenated, as the fused Attention expects them. */
async function sideBySide(
  read: (path: string) => Promise<Float32Array>,
  path: string,
  name: 'weight' | 'bias',
  width: number,
): Promise<Float32Array> {
  const parts = await Promise.all(['query', 'key', 'value'].map((part) => read(`${path}.${part}.${name}`)));
  const rows = parts[0]!.length / width;
  const all = new Float32Array(3 * width * rows);
  for (const [index, part] of parts.entries()) {
    for (let row = 0; row < rows; row++) {
      all.set(part.subarray(row * width, (row + 1) * width), (3 * row + index) * width);
    }
  }
  return all;
}
