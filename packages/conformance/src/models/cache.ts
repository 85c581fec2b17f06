import {
  type CausalModel,
  disposeState,
  firstPositions,
  replaceState,
  type StateTree,
  tokenTensor,
} from '@sequitur/core';
import type { StoredTensor } from '@sequitur/pretrained';
import { Tensor, type Tensor3D, type Tensor4D, tidy, transpose } from '@tensorflow/tfjs-core';
import { compareNumbers, type Finding } from '../comparison.js';
import type { ModelInputs } from './model-under-test.js';

type Memory = {
  readonly length: number;
  readonly keys?: Tensor4D;
  readonly values?: Tensor4D;
  readonly convolution?: Tensor3D;
  readonly scan?: Tensor;
};

/** Compares the state after the first chunk or after the whole sequence with the tensors `cache/<stage>_...`. */
export type CompareState = (
  stage: 'prefill' | 'final',
  state: StateTree,
  expected: ReadonlyMap<string, StoredTensor>,
) => Promise<Finding[]>;

/** Reads the sequence as a prefill, a chunk and single tokens; the lengths are those of the expected logits. */
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

/** The keys and values of every layer, and the states of mixers of constant size, where they are expected. */
export async function comparePast(
  stage: string,
  state: StateTree,
  expected: ReadonlyMap<string, StoredTensor>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [layer, block] of (state as unknown as { blocks: StateTree[] }).blocks.entries()) {
    for (const [name, found] of layerStates(block)) {
      const full = `cache/${stage}_${name.replace('*', String(layer))}`;
      const wanted = expected.get(full);
      if (wanted) findings.push(compareNumbers(full, await found.data(), newest(oncePerHead(wanted, found), found)));
      found.dispose();
    }
  }
  return findings;
}

/** The parts of a block's state by Hugging Face's names, `*` for the layer, as new tensors. */
function layerStates(block: StateTree): [name: string, found: Tensor][] {
  const { length, keys, values, convolution, scan, ...rest } = block as unknown as Memory;
  const byHead = (part: Tensor4D) => tidy(() => transpose(firstPositions(part, length), [0, 2, 1, 3]));
  return [
    ...(keys ? ([['past.*.0', byHead(keys)]] as const) : []),
    ...(values ? ([['past.*.1', byHead(values)]] as const) : []),
    ...(convolution ? ([['conv_states.*', transpose(convolution, [0, 2, 1])]] as const) : []),
    ...(scan ? ([['ssm_states.*', scan.clone()]] as const) : []),
    // States of a mixer that is composed of several.
    ...Object.values(rest as Record<string, StateTree>).flatMap((part) =>
      typeof part === 'object' && !(part instanceof Tensor) ? layerStates(part) : [],
    ),
  ].map(([name, found]) => [name, found]);
}

/** Falcon's cache repeats keys and values for every query head. */
function oncePerHead({ shape, values }: StoredTensor, found: Tensor): StoredTensor {
  const repeated = found.rank === 4 ? shape[1]! / found.shape[1]! : 1;
  const size = shape[2]! * (shape[3] ?? 1);
  const kept = (values as Float32Array).filter((_, i) => Math.floor(i / size) % repeated === 0);
  return { shape: [shape[0]!, shape[1]! / repeated, ...shape.slice(2)], values: kept } as unknown as StoredTensor;
}

/** Hugging Face's convolutions keep the oldest position too, which no later step reads. */
function newest({ shape, values }: StoredTensor, found: Tensor): ArrayLike<number | bigint> {
  const kept = found.shape.at(-1)!;
  const stored = shape.at(-1)!;
  if (kept === stored) return values;
  return (values as Float32Array).filter((_, i) => i % stored >= stored - kept);
}
