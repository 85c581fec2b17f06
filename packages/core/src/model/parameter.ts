import { dispose, type Tensor, tensor, type Variable, variable } from '@tensorflow/tfjs-core';
import { SequiturError } from '../errors.js';
import { expectOneCopy } from '../one-copy.js';
import type { Random } from '../random.js';
import { showShape, sizeOf } from '../shape.js';
import type { Initializer } from './initializers.js';

export interface ParameterOptions {
  /** Whether weight decay shrinks the parameter. Default: where its rank is 2 or more, so no biases and no norms. */
  readonly decays?: boolean;
}

/**
 * A named array of trained numbers. It is declared with its shape and allocates nothing until values come,
 * from a seed (`initialize`) or from a checkpoint (`assign`).
 */
export class Parameter {
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** Frozen parameters are left out of the gradient. */
  trainable = true;
  /** Whether weight decay shrinks it. */
  readonly decays: boolean;
  #variable: Variable | undefined;

  constructor(shape: readonly number[], initializer: Initializer, options: ParameterOptions = {}) {
    expectOneCopy();
    this.shape = shape;
    this.initializer = initializer;
    this.decays = options.decays ?? shape.length >= 2;
  }

  get isFilled(): boolean {
    return this.#variable !== undefined;
  }

  /** The values, as a variable that the parameter owns: the caller must not dispose it. */
  get value(): Variable {
    if (!this.#variable) {
      throw new SequiturError({
        where: `a parameter of shape ${showShape(this.shape)}`,
        expected: 'values',
        got: 'none yet',
        fix: 'Call initialize(model, seed) or load a checkpoint before using the model',
      });
    }
    return this.#variable;
  }

  /** Draws the first values. Does nothing where values are present. */
  initialize(random: Random): void {
    if (!this.#variable) this.assign(this.initializer(this.shape, random));
  }

  /** Replaces the values, by a copy of an array. A tensor stays the caller's, who disposes it. */
  assign(values: Float32Array | Tensor): void {
    const found = values instanceof Float32Array ? [values.length] : values.shape;
    const wanted = values instanceof Float32Array ? [sizeOf(this.shape)] : this.shape;
    if (found.length !== wanted.length || found.some((size, axis) => size !== wanted[axis])) {
      throw new SequiturError({
        where: 'Parameter.assign',
        expected: `values of shape ${showShape(this.shape)}`,
        got: values instanceof Float32Array ? `${values.length} numbers` : showShape(values.shape),
      });
    }
    const fresh = values instanceof Float32Array ? tensor(values.slice(), [...this.shape], 'float32') : values;
    if (this.#variable) this.#variable.assign(fresh);
    else this.#variable = variable(fresh, this.trainable);
    if (values instanceof Float32Array) dispose(fresh);
  }

  /** A copy of the values on the host, row-major: what tfjs gives is, on some backends, the memory of the tensor itself. */
  async read(): Promise<Float32Array> {
    return ((await this.value.data()) as Float32Array).slice();
  }

  /** Frees the values. The parameter can be filled again. */
  dispose(): void {
    this.#variable?.dispose();
    this.#variable = undefined;
  }
}
