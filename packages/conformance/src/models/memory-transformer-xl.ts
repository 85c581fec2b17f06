import { type Observe, scoped, tokenTensor } from '@sequitur/core';
import type { MemoryTransformerXl } from '@sequitur/gpt';
import { type StoredTensor, type WeightRule, weightRules } from '@sequitur/pretrained';
import {
  add,
  concat,
  dispose,
  keep,
  mean,
  mul,
  neg,
  oneHot,
  type Scalar,
  slice,
  sum,
  type Tensor,
  type Tensor3D,
  transpose,
} from '@tensorflow/tfjs-core';
import { compareNumbers, type Finding } from '../comparison.js';
import { readJson } from '../golden.js';
import { matrix } from './causal-under-test.js';
import { compareLossGradients } from './gradients.js';
import type { ModelWithOwnFormat, Rows } from './model-under-test.js';
import { readOutputs } from './read-outputs.js';

/** Token ids [time][batch]; each segment predicts the next token. */
interface TimeMajorData {
  readonly data_time_major: Rows;
  readonly segment_len: number;
  readonly segments: number;
}

export async function memoryTransformerXlUnderTest(
  model: MemoryTransformerXl,
  folder: string,
): Promise<ModelWithOwnFormat | null> {
  const data = await readJson<TimeMajorData>(folder, 'inputs.json');
  if (!data?.data_time_major) return null;
  const rules = weightRules(model);
  return { model, rules, compare: (expected) => compare(model, rules, data, expected) };
}

async function compare(
  model: MemoryTransformerXl,
  rules: readonly WeightRule[],
  data: TimeMajorData,
  expected: ReadonlyMap<string, StoredTensor>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [name, { values }] of await readOutputs(scoped(() => readSegments(model, data)))) {
    const wanted = expected.get(name);
    if (wanted) findings.push(compareNumbers(name, values, wanted.values));
  }
  const loss = () => readSegments(model, data).loss as Scalar;
  findings.push(...(await compareLossGradients({ model, rules }, loss, { tensors: expected, norms: {} })));
  return findings;
}

/**
 * Reads segment by segment: the cache after each, and the mean loss of all tokens. Tensors belong to the enclosing tidy
 * scope.
 */
function readSegments(model: MemoryTransformerXl, { data_time_major: data, segment_len, segments }: TimeMajorData) {
  const outputs: Record<string, Tensor> = {};
  const rows = data[0]!.map((_, row) => data.map((ids) => ids[row]!));
  let state = model.initState(rows.length);
  const losses: Tensor[] = [];
  const top = `blocks.${model.blocks.length - 1}.output`;
  const cached: Tensor[] = [];
  let before: Tensor | undefined;
  const observe: Observe = (name, tensor) => {
    if (name.endsWith(top)) cached.push(keep(tensor.clone())); // outlives the scope of the step
  };
  for (let index = 0; index < segments; index++) {
    const start = index * segment_len;
    const tokens = tokenTensor(
      rows.map((row) => row.slice(start, start + segment_len)),
      model.vocabularySize,
    );
    const next = rows.map((row) => row.slice(start + 1, start + segment_len + 1));
    const { logits, state: after } = model.step(tokens, state, { observe });
    const nll = neg(sum(mul(logits, oneHot(matrix(next), model.vocabularySize)), -1));
    losses.push(mean(nll));
    state = after;
    outputs[`seg${index}/token_nll`] = transpose(nll);
    outputs[`seg${index}/memory`] = transpose(state.memory!, [1, 0, 2]);
    for (const [block, { memory }] of state.blocks.entries()) {
      if (memory) outputs[`seg${index}/mems.${block}`] = transpose(memory as Tensor3D, [1, 0, 2]);
    }
    // The original also caches the last block's output, although it is unused.
    const leaving = concat([...(before ? [before] : []), ...cached], 1);
    dispose(cached.splice(0));
    const kept = Math.min(model.config.memoryLength, leaving.shape[1]!);
    before = slice(leaving, [0, leaving.shape[1]! - kept, 0], [-1, kept, -1]);
    outputs[`seg${index}/mems.${model.blocks.length}`] = transpose(before, [1, 0, 2]);
  }
  outputs.loss = mul(
    losses.reduce((all, one) => add(all, one)),
    1 / segments,
  );
  return outputs;
}
