import { grad, grads, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';

/** One case of an operation. Its tensors are valid during the call. */
export interface OperationCase {
  readonly name: string;
  /**
   * An input by name.
   * @throws if the case has no such input
   */
  input(name: string): Tensor;
  has(name: string): boolean;
  /**
   * An attribute, or undefined if the case does not have it. An attribute that is never read makes the case
   * unsupported.
   */
  attribute<T>(name: string): T | undefined;
  /** Whether the case expects an output of this name. */
  expects(name: string): boolean;
  /** Shape of an expected output. */
  shapeOf(output: string): readonly number[];
}

/** Computes the outputs of a case by name; null if a case is not supported. */
export type Operation = (given: OperationCase) => NamedTensorMap | null | Promise<NamedTensorMap | null>;

/**
 * `out` = f(inputs), and `grad_<input>` = d Σ(out ⊙ cotangent) / d input for each input that the case expects the gradient
 * of.
 */
export function withGradients(
  given: OperationCase,
  inputs: readonly string[],
  f: (...tensors: Tensor[]) => Tensor,
): NamedTensorMap {
  const tensors = inputs.map((name) => given.input(name));
  const outputs: NamedTensorMap = { out: f(...tensors) };
  const wanted = inputs.filter((name) => given.expects(`grad_${name}`));
  if (wanted.length === 0) return outputs;
  const cotangent = given.input('cotangent');
  const of = (...moved: Tensor[]) => f(...tensors.map((tensor, i) => moved[wanted.indexOf(inputs[i]!)] ?? tensor));
  const at = wanted.map((name) => given.input(name));
  const slopes = at.length === 1 ? [grad((x) => of(x))(at[0]!, cotangent)] : grads(of)(at, cotangent);
  for (const [index, name] of wanted.entries()) outputs[`grad_${name}`] = slopes[index]!;
  return outputs;
}
