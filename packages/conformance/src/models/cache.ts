import {
  type CausalModel,
  disposeState,
  firstPositions,
  replaceState,
  type StateTree,
  tokenTensor,
} from '@sequitur/core';
import type { StoredTensor } from '@sequitur/pretrained';
import { type Tensor, type Tensor4D, tidy, transpose } from '@tensorflow/tfjs-core';
import { compareNumbers, type Finding } from '../comparison.js';
import type { ModelInputs } from './model-under-test.js';

type Memory = { readonly length: number; readonly keys: Tensor4D; readonly values: Tensor4D };

/** Compares the state after the first chunk, or after the whole text, with the tensors `cache/<stage>_...`. */
export type CompareState = (
  stage: 'prefill' | 'final',
  state: StateTree,
  expected: ReadonlyMap<string, StoredTensor>,
) => Promise<Finding[]>;

/** Reads the text in a prefill, a chunk and single steps, as the lengths of the expected logits say. */
export async function compareCache(
  model: CausalModel,
  inputs: ModelInputs,
  expected: ReadonlyMap<string, StoredTensor>,
  compareState: CompareState = comparePast,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const lengthOf = (name: string) => expected.get(`cache/${name}`)?.shape[1] ?? 0;
  let state: StateTree = model.initState(inputs.input_ids.length);
  let position = 0;
  const read = async (count: number) => {
    const rows = inputs.input_ids.map((row) => row.slice(position, position + count));
    const tokens = tokenTensor(rows, model.vocabularySize);
    const step = model.step(tokens, state);
    state = replaceState(state, step.state);
    position += count;
    const logits = await step.logits.data();
    tokens.dispose();
    step.logits.dispose();
    return logits as Float32Array;
  };
  const compare = (name: string, found: Float32Array) => {
    findings.push(compareNumbers(`cache/${name}`, found, expected.get(`cache/${name}`)!.values));
  };
  compare('prefill_logits', await read(lengthOf('prefill_logits')));
  findings.push(...(await compareState('prefill', state, expected)));
  if (lengthOf('chunk_logits')) compare('chunk_logits', await read(lengthOf('chunk_logits')));
  const steps: Float32Array[] = [];
  for (let i = 0; i < lengthOf('step_logits'); i++) steps.push(await read(1));
  compare('step_logits', interleave(steps, inputs.input_ids.length));
  findings.push(...(await compareState('final', state, expected)));
  disposeState(state);
  return findings;
}

/** Steps of [batch, 1, vocabulary] as one [batch, steps, vocabulary]. */
function interleave(steps: readonly Float32Array[], batch: number): Float32Array {
  const width = steps[0]!.length / batch;
  const joined = new Float32Array(batch * steps.length * width);
  for (let row = 0; row < batch; row++) {
    for (const [index, step] of steps.entries()) {
      joined.set(step.subarray(row * width, (row + 1) * width), (row * steps.length + index) * width);
    }
  }
  return joined;
}

/** The keys and values of every layer. */
async function comparePast(
  stage: string,
  state: StateTree,
  expected: ReadonlyMap<string, StoredTensor>,
): Promise<Finding[]> {
  const name = `${stage}_past`;
  const findings: Finding[] = [];
  for (const [layer, memory] of (state as unknown as { blocks: Memory[] }).blocks.entries()) {
    for (const [index, part] of [memory.keys, memory.values].entries()) {
      const wanted = expected.get(`cache/${name}.${layer}.${index}`);
      if (!wanted) continue;
      const byHead: Tensor = tidy(() => transpose(firstPositions(part, memory.length), [0, 2, 1, 3]));
      findings.push(compareNumbers(`cache/${name}.${layer}.${index}`, await byHead.data(), wanted.values));
      byHead.dispose();
    }
  }
  return findings;
}
