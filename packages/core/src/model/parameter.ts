import { dispose, type Tensor, tensor, type Variable, variable } from '@tensorflow/tfjs-core';
import { expectUsable } from '../backends/expect-usable.js';
import { SequiturError } from '../errors.js';
import { expectOneCopy } from '../one-copy.js';
import {
  dequantizeRows,
  expandScales,
  type QuantizedBits,
  type QuantizedFormat,
  type QuantizedMatrix,
  quantizeRows,
} from '../ops/quantized/matrix.js';
import { quantizeMatrix, quantizeMatrixByRows } from '../ops/quantized/quantize-matrix.js';
import type { Random } from '../random.js';
import { showShape, sizeOf } from '../shape.js';
import type { Initializer } from './initializers.js';

export interface ParameterOptions {
  /** Whether weight decay applies. Default: to parameters of rank 2 or more, so not to biases and norms. */
  readonly decays?: boolean;
  /**
   * The axis of the values that becomes the rows of a quantized matrix: 1 for the outputs of a linear layer, 0 for a
   * table. Default: none, and the parameter cannot be quantized.
   */
  readonly rowAxis?: 0 | 1 | undefined;
}

/** How a parameter stores its values. */
export type StorageFormat = 'float32' | QuantizedFormat;

/**
 * A parameter: a named array of trained values. It allocates no memory until it is initialised (`initialize`) or loaded
 * (`assign`). A matrix can be stored in 16, 8 or 4 bits (`format`); it is then frozen, and layers compute with `quantized`.
 */
export class Parameter {
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** Frozen parameters get no gradient. */
  trainable = true;
  /** Whether weight decay applies. */
  readonly decays: boolean;
  readonly rowAxis: 0 | 1 | null;
  #format: StorageFormat = 'float32';
  #variable: Variable | undefined;
  #quantized: QuantizedMatrix | undefined;
  #isDisposed = false;

  constructor(shape: readonly number[], initializer: Initializer, options: ParameterOptions = {}) {
    expectOneCopy();
    this.shape = shape;
    this.initializer = initializer;
    this.decays = options.decays ?? shape.length >= 2;
    this.rowAxis = options.rowAxis ?? null;
  }

  get isFilled(): boolean {
    return this.#variable !== undefined || this.#quantized !== undefined;
  }

  /** How the values are stored. */
  get format(): StorageFormat {
    return this.#format;
  }

  /**
   * Stores values from the next `assign` on in another format. A quantized parameter is frozen.
   *
   * @throws SequiturError where the parameter has values already (see `quantize`), or cannot be quantized
   */
  set format(format: StorageFormat) {
    const where = `the format of a parameter of shape ${showShape(this.shape)}`;
    if (this.isFilled)
      throw new SequiturError({ where, expected: 'no values yet', got: 'values', fix: 'Use quantize' });
    if (format !== 'float32' && this.rowAxis === null) {
      throw new SequiturError({ where, expected: 'float32, in which its layer computes', got: format });
    }
    this.#format = format;
    this.trainable = format === 'float32' && this.trainable;
  }

  /** The values as a quantized matrix owned by the parameter, or null where they are float32. */
  get quantized(): QuantizedMatrix | null {
    if (this.#quantized) expectUsable(`a parameter of shape ${showShape(this.shape)}`, this.#quantized.words);
    return this.#quantized ?? null;
  }

  /**
   * The values, as a variable owned by the parameter: the caller must not dispose it.
   *
   * @throws SequiturError where there are none, or where they are quantized
   */
  get value(): Variable {
    const where = `a parameter of shape ${showShape(this.shape)}`;
    if (this.#quantized) {
      throw new SequiturError({
        where,
        expected: 'values in float32',
        got: `values in ${this.#format}`,
        fix: 'Load the model without dtype to train it or to change its weights; read() returns a copy of the values',
      });
    }
    if (!this.#variable) {
      throw new SequiturError({
        where,
        expected: 'values',
        got: this.#isDisposed ? 'none: the model was disposed' : 'none yet',
        fix: this.#isDisposed
          ? 'Dispose a model only after its last use'
          : 'Call initialize(model, seed) or load a checkpoint before using the model',
      });
    }
    expectUsable(where, this.#variable);
    return this.#variable;
  }

  /** Draws the initial values, unless there are values already. */
  initialize(random: Random): void {
    if (!this.isFilled) this.assign(this.initializer(this.shape, random));
  }

  /**
   * Replaces the values with a copy. A given tensor remains owned by the caller.
   *
   * @param scales for each value the scale by which it is stored as an integer; integer formats then keep that integer
   * @throws SequiturError where the shape differs, or where values to be quantized are a tensor
   */
  assign(values: Float32Array | Tensor, scales?: Float32Array): void {
    const found = values instanceof Float32Array ? [values.length] : values.shape;
    const wanted = values instanceof Float32Array ? [sizeOf(this.shape)] : this.shape;
    if (found.length !== wanted.length || found.some((size, axis) => size !== wanted[axis])) {
      throw new SequiturError({
        where: 'Parameter.assign',
        expected: `values of shape ${showShape(this.shape)}`,
        got: values instanceof Float32Array ? `${values.length} numbers` : showShape(values.shape),
      });
    }
    if (this.#format === 'float32') this.#store(values);
    else this.#quantize(values, this.#format, scales);
    this.#isDisposed = false;
  }

  /**
   * Replaces the values of a quantized parameter, quantizing block by block. Rows are those of the quantized matrix: the
   * outputs of a linear layer, the entries of a table.
   *
   * @param read `count` rows from `first` on, row-major
   */
  async assignRows(read: (first: number, count: number) => Promise<Float32Array>): Promise<void> {
    const where = `a parameter of shape ${showShape(this.shape)} in ${this.#format}`;
    if (this.#format === 'float32') {
      throw new SequiturError({ where, expected: 'a quantized format', got: 'float32', fix: 'Use assign' });
    }
    const quantized = await quantizeMatrixByRows(this.#format, read, this.#rowsAndColumns(), { where });
    this.dispose();
    this.#quantized = quantized;
    this.#isDisposed = false;
  }

  #rowsAndColumns(): [rows: number, columns: number] {
    const [height, width] = this.shape as [number, number];
    return this.rowAxis === 1 ? [width, height] : [height, width];
  }

  /** Elements of the parameter in the order of the rows of the quantized matrix. */
  #byRow(elements: Float32Array): Float32Array {
    return this.rowAxis === 1 ? transposed(elements, this.shape[0]!) : elements;
  }

  /** The inverse of `#byRow`. */
  #ofRows(elements: Float32Array): Float32Array {
    return this.rowAxis === 1 ? transposed(elements, this.shape[1]!) : elements;
  }

  #store(values: Float32Array | Tensor): void {
    const fresh = values instanceof Float32Array ? tensor(values.slice(), [...this.shape], 'float32') : values;
    if (this.#variable) this.#variable.assign(fresh);
    else this.#variable = variable(fresh, this.trainable);
    if (values instanceof Float32Array) dispose(fresh);
  }

  #quantize(values: Float32Array | Tensor, format: QuantizedFormat, scales?: Float32Array): void {
    const where = `a parameter of shape ${showShape(this.shape)} in ${format}`;
    if (!(values instanceof Float32Array)) {
      throw new SequiturError({ where, expected: 'values as a Float32Array', got: 'a tensor' });
    }
    const options = { where, scales: scales && this.#byRow(scales) };
    const quantized = quantizeMatrix(format, this.#byRow(values), this.#rowsAndColumns(), options);
    this.dispose();
    this.#quantized = quantized;
  }

  /**
   * A copy of the values on the host, row-major. (On some backends tfjs's `data()` returns the memory of the tensor
   * itself.)
   */
  async read(): Promise<Float32Array> {
    if (!this.quantized) return ((await this.value.data()) as Float32Array).slice();
    const { format, columns } = this.quantized;
    return this.#ofRows(dequantizeRows(format, await this.#bits(this.quantized), columns));
  }

  /**
   * The values as an integer format stores them, and for each value its scale: copies on the host, row-major. A parameter
   * in this format keeps its integers.
   */
  async readQuantized(
    format: 'int8' | 'int4',
  ): Promise<{ readonly values: Float32Array; readonly scales: Float32Array }> {
    if (this.rowAxis === null || this.shape.length !== 2) {
      const where = `a parameter of shape ${showShape(this.shape)} in ${format}`;
      throw new SequiturError({ where, expected: 'a matrix that can be quantized', got: 'none' });
    }
    const [, columns] = this.#rowsAndColumns();
    const bits =
      this.#quantized?.format === format
        ? await this.#bits(this.#quantized)
        : quantizeRows(format, this.#byRow(await this.read()), columns, { where: `a parameter in ${format}` });
    const [values, scales] = [dequantizeRows(format, bits, columns), expandScales(format, bits, columns)];
    return { values: this.#ofRows(values), scales: this.#ofRows(scales) };
  }

  async #bits({ words, scales }: QuantizedMatrix): Promise<QuantizedBits> {
    const [bits, factors] = await Promise.all([words.data(), scales.data()]);
    return { words: bits as Int32Array, scales: factors as Float32Array };
  }

  /** Frees the values. The parameter can be assigned again. */
  dispose(): void {
    if (this.isFilled) this.#isDisposed = true;
    this.#variable?.dispose();
    if (this.#quantized) dispose([this.#quantized.words, this.#quantized.scales]);
    this.#variable = undefined;
    this.#quantized = undefined;
  }
}

/** A matrix of `rows` rows, row-major, transposed. */
function transposed(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  const result = new Float32Array(values.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) result[c * rows + r] = values[r * columns + c]!;
  return result;
}
