import { add, grads, mul, type NamedTensorMap, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { OperationCase } from './operation.js';

/** Computes `out` and the final states, by the names of the case's outputs. */
type Run = (inputs: Readonly<Record<string, Tensor>>) => NamedTensorMap;

/**
 * The outputs of a recurrence, and as `grad_<input>` the gradients of Σ out ⊙ cotangent, to which every final state is added
 * that the case gives a `cotangent_<state>` of.
 *
 * @param names of the real inputs; the case may lack some
 */
export function recurrenceOf(given: OperationCase, names: readonly string[], run: Run): NamedTensorMap {
  const inputs = names.filter((name) => given.has(name));
  const opened = (tensors: readonly Tensor[]) => run(Object.fromEntries(inputs.map((name, i) => [name, tensors[i]!])));
  const values = inputs.map((name) => given.input(name));
  const outputs = tidy(() => opened(values));
  const weighted = (...tensors: Tensor[]) =>
    tidy(() => {
      const found = opened(tensors);
      const parts = Object.keys(found).flatMap((name) => {
        const cotangent = name === 'out' ? 'cotangent' : `cotangent_${name}`;
        return given.has(cotangent) ? [sum(mul(found[name]!, given.input(cotangent)))] : [];
      });
      return parts.reduce((all, each) => add(all, each));
    });
  const slopes = grads(weighted)(values);
  for (const [index, name] of inputs.entries()) outputs[`grad_${name}`] = slopes[index]!;
  return outputs;
}
