import { type CausalModel, disposeState, type StepContext, tokenTensor } from '@sequitur/core';
import { dispose, keep, type Tensor, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import type { CausalUnderTest } from './causal-under-test.js';

/** The inputs of a Hugging Face forward call. */
export interface ModelInputs {
  readonly input_ids: readonly (readonly number[])[];
  readonly attention_mask?: readonly (readonly number[])[];
  readonly position_ids?: readonly (readonly number[])[];
}

/** A tensor on the host. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What the inputs say beside the tokens, as tensors that the caller disposes. */
export function contextOf({ attention_mask: mask, position_ids: positions }: ModelInputs): StepContext {
  return {
    ...(mask && { visible: matrix(mask) }),
    ...(positions && { positions: matrix(positions) }),
  };
}

export function disposeContext({ visible, positions }: StepContext): void {
  dispose([visible, positions].filter((tensor) => tensor !== undefined));
}

/** One forward call over all tokens: the logits and every observation, by the names of Hugging Face's outputs. */
export async function runForward(under: CausalUnderTest, inputs: ModelInputs): Promise<Map<string, HostTensor>> {
  const observed = new Map<string, Tensor>();
  const observe = (name: string, tensor: Tensor) => {
    const output = under.outputName(name);
    if (output) observed.set(output, keep(tensor.clone()));
  };
  const context = contextOf(inputs);
  const logits = readAll(under.model, inputs, { ...context, observe });
  observed.set('logits', logits);
  const outputs = new Map<string, HostTensor>();
  for (const [name, tensor] of observed) {
    outputs.set(name, { shape: tensor.shape, values: (await tensor.data()) as Float32Array });
    tensor.dispose();
  }
  disposeContext(context);
  if (under.headless) {
    outputs.delete('logits');
    const last = [...outputs.keys()].filter((name) => name.startsWith('hidden_states.')).length - 1;
    outputs.set('last_hidden_state', outputs.get(`hidden_states.${last}`)!);
  }
  return outputs;
}

function readAll(model: CausalModel, inputs: ModelInputs, context: StepContext): Tensor {
  const tokens = tokenTensor(inputs.input_ids, model.vocabularySize);
  const start = model.initState(tokens.shape[0]);
  const { logits, state } = model.step(tokens, start, context);
  disposeState(state);
  tokens.dispose();
  return logits;
}

function matrix(rows: readonly (readonly number[])[]): Tensor2D {
  return tensor2d(rows as number[][], [rows.length, rows[0]!.length], 'int32');
}
