import {
  correspondences,
  crossEntropy,
  disposeState,
  parametersOf,
  type StoredTensor,
  scoped,
  tokenTensor,
} from '@sequitur/core';
import { valueAndGradients } from '@sequitur/train';
import { dispose, type Scalar, tensor2d } from '@tensorflow/tfjs-core';
import { compareNumbers, type Finding } from '../comparison.js';
import type { CausalUnderTest } from './causal-under-test.js';
import { contextOf, disposeContext, type ModelInputs } from './run-forward.js';

export interface ExpectedGradients {
  /** `loss` and `grad/<parameter>`. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly norms: Readonly<Record<string, number>>;
}

/** The loss of the labels, shifted as Hugging Face shifts them, and its gradients under the checkpoint's names. */
export async function compareGradients(
  { model, rules }: CausalUnderTest,
  inputs: ModelInputs,
  labels: readonly (readonly number[])[],
  { tensors, norms }: ExpectedGradients,
): Promise<Finding[]> {
  const context = contextOf(inputs);
  // The logits of a token foretell the next one's label; those of the last foretell none.
  const shifted = labels.map((row) => [...row.slice(1), -100]);
  const { value, gradients } = valueAndGradients(model, () =>
    scoped(() => {
      const tokens = tokenTensor(inputs.input_ids, model.vocabularySize);
      const { logits, state } = model.step(tokens, model.initState(tokens.shape[0]), context);
      disposeState(state);
      return crossEntropy(logits, tensor2d(shifted, tokens.shape, 'int32')) as Scalar;
    }),
  );
  disposeContext(context);
  const findings = [compareNumbers('loss', await value.data(), tensors.get('loss')!.values)];
  const shapes = new Map([...parametersOf(model)].map(([path, { shape }]) => [path, shape]));
  for (const { checkpoint, parameters, conversion } of correspondences(rules, gradients.keys())) {
    const wanted = tensors.get(`grad/${checkpoint}`);
    if (!wanted && norms[checkpoint] === undefined) continue;
    const parts = await Promise.all(parameters.map((path) => gradients.get(path)!.data()));
    const joined = conversion.join(
      parts as Float32Array[],
      parameters.map((path) => shapes.get(path)!),
    );
    if (wanted) findings.push(compareNumbers(`grad/${checkpoint}`, joined, wanted.values));
    const norm = norms[checkpoint];
    if (norm !== undefined) findings.push(compareNumbers(`norm of grad/${checkpoint}`, [lengthOf(joined)], [norm]));
  }
  dispose([value, ...gradients.values()]);
  return findings;
}

function lengthOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
