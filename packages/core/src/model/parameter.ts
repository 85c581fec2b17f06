import { dispose, type Tensor, tensor, type Variable, variable } from '@tensorflow/tfjs-core';
import { expectUsable } from '../backends/expect-usable.js';
import { SequiturError } from '../errors.js';
import { expectOneCopy } from '../one-copy.js';
import type { Random } from '../random.js';
import { showShape, sizeOf } from '../shape.js';
import type { Initializer } from './initializers.js';

export interface ParameterOptions {
  /** Whether weight decay applies. Default: to parameters of rank 2 or more, so not to biases and norms. */
  readonly decays?: boolean;
}

/**
 * A parameter: a named array of trained values. It allocates no memory until it is initialised (`initialize`) or loaded
 * (`assign`).
 */
export class Parameter {
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** Frozen parameters get no gradient. */
  trainable = true;
  /** Whether weight decay applies. */
  readonly decays: boolean;
  #variable: Variable | undefined;
  #isDisposed = false;

  constructor(shape: readonly number[], initializer: Initializer, options: ParameterOptions = {}) {
    expectOneCopy();
    this.shape = shape;
    this.initializer = initializer;
    this.decays = options.decays ?? shape.length >= 2;
  }

  get isFilled(): boolean {
    return this.#variable !== undefined;
  }

  /** The values, as a variable owned by the parameter: the caller must not dispose it. */
  get value(): Variable {
    const where = `a parameter of shape ${showShape(this.shape)}`;
    if (!this.#variable) {
      throw new SequiturError({
        where,
        expected: 'values',
        got: this.#isDisposed ? 'none: the model was disposed' : 'none yet',
        fix: this.#isDisposed
          ? 'Dispose a model when it is no longer used'
          : 'Call initialize(model, seed) or load a checkpoint before using the model',
      });
    }
    expectUsable(where, this.#variable);
    return this.#variable;
  }

  /** Draws the initial values, unless there are values already. */
  initialize(random: Random): void {
    if (!this.#variable) this.assign(this.initializer(this.shape, random));
  }

  /** Replaces the values by a copy. A given tensor remains owned by the caller. */
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
    this.#isDisposed = false;
    if (values instanceof Float32Array) dispose(fresh);
  }

  /**
   * A copy of the values on the host, row-major: on some backends tfjs would return the memory of the tensor itself.
   */
  async read(): Promise<Float32Array> {
    return ((await this.value.data()) as Float32Array).slice();
  }

  /** Frees the values. The parameter can be assigned again. */
  dispose(): void {
    this.#variable?.dispose();
    if (this.#variable) this.#isDisposed = true;
    this.#variable = undefined;
  }
}
