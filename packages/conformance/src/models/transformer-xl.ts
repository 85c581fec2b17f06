import type { TransformerXlState } from '@sequitur/attention';
import { disposeState, type Observe, scoped, tokenTensor } from '@sequitur/core';
import type { TransformerXl, TransformerXlModelState } from '@sequitur/gpt';
import { type StoredTensor, weightRules } from '@sequitur/pretrained';
import {
  concat,
  gather,
  keep,
  mean,
  neg,
  reshape,
  slice,
  type Tensor,
  type Tensor3D,
  tensor1d,
  transpose,
} from '@tensorflow/tfjs-core';
import { compareNumbers, type Finding } from '../comparison.js';
import { readJson } from '../golden.js';
import type { Labels, ModelInputs, ModelUnderTest, Outputs, Rows } from './model-under-test.js';
import { readOutputs } from './read-outputs.js';
import { labelLogProbabilities } from './token-losses.js';

interface Segments {
  readonly ids: Rows;
  readonly segment_len: number;
  readonly segments: number;
}

export async function transformerXlUnderTest(model: TransformerXl, folder: string): Promise<ModelUnderTest> {
  const segments = await readJson<Segments>(folder, 'segments.json');
  return {
    model,
    rules: weightRules(model),
    forward: (inputs, labels, observing) => forward(model, inputs, labels, observing),
    compareMore: async (_inputs, expected) => (segments ? compareSegments(model, segments, expected) : []),
  };
}

/** Reads one segment without a cache. */
function forward(model: TransformerXl, inputs: ModelInputs, labels: Labels | undefined, observing: boolean): Outputs {
  const start = model.initState(inputs.input_ids.length);
  const { outputs, state } = readSegment(model, inputs.input_ids, start, observing);
  const losses = scoped(() => {
    const rows = (labels?.labels ?? inputs.input_ids) as Rows;
    const each = neg(labelLogProbabilities(outputs.log_probs as Tensor3D, rows));
    return { losses: byCluster(each, rows, model.config.cutoffs ?? []), loss: mean(each) };
  });
  disposeState([start, state]);
  return { ...outputs, ...losses };
}

/** Reorders losses as in Hugging Face: by cluster of the adaptive softmax. */
function byCluster(losses: Tensor, labels: Rows, cutoffs: readonly number[]): Tensor {
  const clusters = labels.flatMap((row) => row.slice(1).map((id) => cutoffs.filter((cutoff) => id >= cutoff).length));
  const order = [...clusters.keys()].sort((a, b) => clusters[a]! - clusters[b]! || a - b);
  return reshape(gather(reshape(losses, [-1]), tensor1d(order, 'int32')), losses.shape);
}

/** The output of a segment after the cache `before`, and the next cache. The caller disposes all. */
function readSegment(model: TransformerXl, ids: Rows, before: TransformerXlModelState, observing: boolean) {
  const observed: Record<string, Tensor> = {};
  const observe: Observe = (name, tensor) => {
    const [, block, part] = /^blocks\.(\d+)\.(output|mixer\.weights)$/.exec(name) ?? [];
    const output =
      name === 'embedding'
        ? 'hidden_states.0'
        : block === undefined
          ? null
          : part === 'output'
            ? `hidden_states.${Number(block) + 1}`
            : `attentions.${block}`;
    if (output) observed[output] = keep(tensor.clone());
  };
  const { outputs, state } = scoped(() => {
    const tokens = tokenTensor(ids, model.vocabularySize);
    const { logits, state } = model.step(tokens, before, observing ? { observe } : {});
    const memories = state.blocks.map((block, i) => [`mems.${i}`, timeFirst(cachedInputs(block, model))] as const);
    return { outputs: { log_probs: logits, ...Object.fromEntries(memories) }, state };
  });
  return { outputs: { ...observed, ...outputs } as Record<string, Tensor>, state };
}

/** Hugging Face's memory after a segment: the last positions of the memory and the segment. */
function cachedInputs({ memory, segment }: TransformerXlState, model: TransformerXl): Tensor3D {
  const all = concat(
    [memory, segment].filter((part) => part !== undefined),
    1,
  );
  const kept = Math.min(model.config.memoryLength, all.shape[1]);
  return slice(all, [0, all.shape[1] - kept, 0], [-1, kept, -1]);
}

function timeFirst(x: Tensor3D): Tensor {
  return transpose(x, [1, 0, 2]);
}

async function compareSegments(
  model: TransformerXl,
  { ids, segment_len: length, segments }: Segments,
  expected: ReadonlyMap<string, StoredTensor>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  let state = model.initState(ids.length);
  for (let index = 0; index < segments; index++) {
    const part = ids.map((row) => row.slice(index * length, (index + 1) * length));
    const { outputs, state: next } = readSegment(model, part, state, true);
    disposeState(state);
    state = next;
    const alone = forward(model, { input_ids: part }, { labels: part }, false);
    const last = Math.max(...model.blocks.keys()) + 1;
    const named: Record<string, Tensor> = {};
    for (const [name, tensor] of Object.entries(outputs)) named[`seg${index}/${name}`] = tensor;
    named[`seg${index}/hidden_last`] = reshape(
      outputs[`hidden_states.${last}`]!,
      outputs[`hidden_states.${last}`]!.shape,
    );
    for (const [name, tensor] of Object.entries(alone)) named[`seg${index}/nomem_${name}`] = tensor;
    for (const [name, { values }] of await readOutputs(named)) {
      const wanted = expected.get(name);
      if (wanted) findings.push(compareNumbers(name, values, wanted.values));
    }
  }
  disposeState(state);
  return findings;
}
