import { parametersOf } from '@sequitur/core';
import { correspondences, type StoredTensor } from '@sequitur/pretrained';
import { valueAndGradients } from '@sequitur/train';
import { dispose, type Scalar } from '@tensorflow/tfjs-core';
import { compareNumbers, type Finding } from '../comparison.js';
import type { Labels, ModelInputs, ModelUnderTest } from './model-under-test.js';

export interface ExpectedGradients {
  /** Holds `grad/<parameter>`. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly norms: Readonly<Record<string, number>>;
}

/** The gradients of the loss of the labels, under the checkpoint's names. */
export async function compareGradients(
  under: ModelUnderTest,
  inputs: ModelInputs,
  labels: Labels,
  expected: ExpectedGradients,
): Promise<Finding[]> {
  return compareLossGradients(under, () => under.forward(inputs, labels, false).loss as Scalar, expected);
}

/** The gradients of any loss, under the checkpoint's names. */
export async function compareLossGradients(
  { model, rules }: Pick<ModelUnderTest, 'model' | 'rules'>,
  loss: () => Scalar,
  { tensors, norms }: ExpectedGradients,
): Promise<Finding[]> {
  const { value, gradients } = valueAndGradients(model, loss);
  const findings: Finding[] = [];
  const shapes = new Map([...parametersOf(model)].map(([path, { shape }]) => [path, shape]));
  for (const { checkpoint, parameters, conversion } of correspondences(rules, shapes.keys())) {
    const wanted = tensors.get(`grad/${checkpoint}`);
    const norm = norms[checkpoint];
    if (!wanted && norm === undefined) continue;
    const own = parameters.map((path) => shapes.get(path)!);
    const parts = await Promise.all(
      parameters.map(async (path) => gradients.get(path)?.data() ?? zerosFor(shapes.get(path)!)),
    );
    const joined = conversion.join(parts as Float32Array[], own);
    if (wanted) findings.push(compareNumbers(`grad/${checkpoint}`, joined, wanted.values));
    if (norm !== undefined) findings.push(compareNumbers(`norm of grad/${checkpoint}`, [lengthOf(joined)], [norm]));
  }
  dispose([value, ...gradients.values()]);
  return findings;
}

/** A parameter that the loss does not depend on. */
function zerosFor(shape: readonly number[]): Float32Array {
  return new Float32Array(shape.reduce((size, dimension) => size * dimension, 1));
}

function lengthOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
