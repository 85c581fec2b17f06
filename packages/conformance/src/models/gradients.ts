import { parametersOf } from '@sequitur/core';
import { correspondences, type StoredTensor, storedTensors } from '@sequitur/pretrained';
import { valueAndGradients } from '@sequitur/train';
import { dispose, type Scalar } from '@tensorflow/tfjs-core';
import { compareNumbers, type Finding } from '../comparison.js';
import type { Labels, ModelInputs, ModelUnderTest } from './model-under-test.js';

export interface ExpectedGradients {
  /** Expected gradients, `grad/<parameter>`. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly norms: Readonly<Record<string, number>>;
}

/** Compares the gradients of the labels' loss, under the checkpoint's names. */
export async function compareGradients(
  under: ModelUnderTest,
  inputs: ModelInputs,
  labels: Labels,
  expected: ExpectedGradients,
): Promise<Finding[]> {
  return compareLossGradients(under, () => under.forward(inputs, labels, false).loss as Scalar, expected);
}

/** Compares the gradients of a loss, under the checkpoint's names. */
export async function compareLossGradients(
  { model, rules }: Pick<ModelUnderTest, 'model' | 'rules'>,
  loss: () => Scalar,
  { tensors, norms }: ExpectedGradients,
): Promise<Finding[]> {
  const { value, gradients } = valueAndGradients(model, loss);
  const findings: Finding[] = [];
  const shapes = new Map([...parametersOf(model)].map(([path, { shape }]) => [path, shape]));
  for (const pair of correspondences(rules, shapes.keys())) {
    const own = pair.parameters.map((path) => shapes.get(path)!);
    const stored = storedTensors(pair, own);
    if (!stored.some(({ name }) => tensors.has(`grad/${name}`) || norms[name] !== undefined)) continue;
    const parts = await Promise.all(
      pair.parameters.map(async (path) => gradients.get(path)?.data() ?? zerosFor(shapes.get(path)!)),
    );
    const whole = pair.conversion.join(parts as Float32Array[], own);
    const size = whole.length / stored.length;
    for (const [index, { name }] of stored.entries()) {
      const [found, wanted] = [whole.subarray(index * size, (index + 1) * size), tensors.get(`grad/${name}`)];
      const norm = norms[name];
      if (wanted) findings.push(compareNumbers(`grad/${name}`, found, wanted.values));
      if (norm !== undefined) findings.push(compareNumbers(`norm of grad/${name}`, [lengthOf(found)], [norm]));
    }
  }
  dispose([value, ...gradients.values()]);
  return findings;
}

/** The gradient of a parameter that the loss does not depend on. */
function zerosFor(shape: readonly number[]): Float32Array {
  return new Float32Array(shape.reduce((size, dimension) => size * dimension, 1));
}

function lengthOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
