import { disposeState, firstPositions, replaceState, tokenTensor } from '@sequitur/core';
import type { StoredTensor } from '@sequitur/pretrained';
import type { DecoderState, SequenceToSequence } from '@sequitur/transformer';
import {
  concat,
  dispose,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { compareIds, compareNumbers, type Finding } from '../comparison.js';
import { matrix } from './causal-under-test.js';
import type { ModelInputs } from './model-under-test.js';

type Expected = ReadonlyMap<string, StoredTensor>;

/** Compares a target read in one step, token by token with the cache, and with a separate mask. */
export async function compareDecoderCache(
  model: SequenceToSequence,
  inputs: ModelInputs,
  expected: Expected,
): Promise<Finding[]> {
  const ids = expected.get('cache/decoder_input_ids');
  if (!ids) return [];
  const target = rowsOf(ids);
  const findings = [compareIds('cache/decoder_input_ids', target, rowsOf(ids))];
  const compare = async (name: string, found: Tensor) => {
    const wanted = expected.get(name);
    if (wanted) findings.push(compareNumbers(name, await found.data(), wanted.values));
    found.dispose();
  };
  const read = { source: inputs.input_ids, attentionMask: inputs.attention_mask, target };
  await compare('cache/full_logits', model.apply(read));
  const mask = expected.get('decmask/decoder_attention_mask');
  if (mask) {
    findings.push(compareIds('decmask/decoder_attention_mask', rowsOf(mask), rowsOf(mask)));
    await compare('decmask/logits', model.apply({ ...read, targetVisible: rowsOf(mask) }));
  }
  const { logits, state } = readStepwise(model, inputs, target);
  await compare('cache/step_logits', logits);
  for (const [index, part] of partsOf(state).entries()) {
    await compare(
      `cache/past_layer0.${index}`,
      tidy(() => transpose(part.clone(), [0, 2, 1, 3])),
    );
    part.dispose();
  }
  disposeState(state);
  return findings;
}

function readStepwise(model: SequenceToSequence, inputs: ModelInputs, target: readonly (readonly number[])[]) {
  const source = matrix(inputs.input_ids);
  const attentionMask = inputs.attention_mask && matrix(inputs.attention_mask);
  const conditioned = model.conditionedOn(source, { attentionMask });
  let state: DecoderState = conditioned.initState(target.length);
  const steps: Tensor3D[] = [];
  for (let position = 0; position < target[0]!.length; position++) {
    const tokens: Tensor2D = tokenTensor(
      target.map((row) => [row[position]!]),
      model.vocabularySize,
    );
    const step = conditioned.step(tokens, state);
    state = replaceState(state, step.state);
    steps.push(step.logits);
    tokens.dispose();
  }
  const logits = concat(steps, 1);
  dispose([...steps, source, ...(attentionMask ? [attentionMask] : [])]);
  conditioned.dispose();
  return { logits, state };
}

/** Keys and values of the first layer, of the target and then of the source, as new tensors. */
function partsOf(state: DecoderState): Tensor4D[] {
  const { mixer, source } = state.blocks[0]!;
  const memory = mixer as { length: number; keys: Tensor4D; values: Tensor4D };
  return [
    firstPositions(memory.keys, memory.length),
    firstPositions(memory.values, memory.length),
    source.keys!.clone(),
    source.values!.clone(),
  ];
}

function rowsOf({ shape, values }: StoredTensor): number[][] {
  const [rows, columns] = shape as [number, number];
  const numbers = Array.from(values as ArrayLike<number | bigint>, Number);
  return Array.from({ length: rows }, (_, row) => numbers.slice(row * columns, (row + 1) * columns));
}
