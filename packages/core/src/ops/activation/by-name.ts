import { SequiturError } from '../../errors.js';
import type { ActivationFunction } from './index.js';
import * as activations from './index.js';

/** Activations by the names in Hugging Face configs. */
const NAMES: Readonly<Record<string, ActivationFunction>> = {
  gelu: activations.gelu,
  gelu_python: activations.gelu,
  gelu_10: activations.gelu10,
  gelu_fast: activations.geluTanh, // its rounded sqrt(2/π) is equal in float32
  gelu_new: activations.geluTanh,
  gelu_pytorch_tanh: activations.geluTanh,
  gelu_accurate: activations.geluTanh,
  leaky_relu: activations.leakyRelu,
  linear: activations.identity,
  mish: activations.mish,
  quick_gelu: activations.quickGelu,
  relu: activations.relu,
  relu6: activations.relu6,
  relu2: activations.reluSquared,
  sigmoid: activations.sigmoid,
  silu: activations.silu,
  softplus: activations.softplus,
  swish: activations.silu,
  tanh: activations.tanh,
};

/** The names that {@link activationByName} knows. */
export const activationNames: readonly string[] = Object.keys(NAMES);

/**
 * The activation with a name from a Hugging Face config (`hidden_act`, `activation_function`).
 *
 * @throws SequiturError listing the known names
 */
export function activationByName(name: string): ActivationFunction {
  const found = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  if (found) return found;
  throw new SequiturError({
    where: 'activationByName',
    expected: `one of ${activationNames.join(', ')}`,
    got: `'${name}'`,
  });
}
