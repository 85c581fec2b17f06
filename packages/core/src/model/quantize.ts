import { SequiturError } from '../errors.js';
import { scalesPerRow, wordsPerRow } from '../ops/quantized/matrix.js';
import { checkOptions, option, optionsOf } from '../options/index.js';
import { sizeOf } from '../shape.js';
import { type Module, parametersOf } from './module.js';
import type { Parameter, StorageFormat } from './parameter.js';

export interface QuantizeOptions {
  /** Format of the weights of linear layers. */
  readonly weights: StorageFormat;
  /** Format of embedding tables, tied output projections included; default that of the weights, `int8` for `int4`. */
  readonly embeddings?: StorageFormat | undefined;
}

const format = option.oneOf('float32', 'bfloat16', 'float16', 'int8', 'int4');
const quantizeOptions = optionsOf<QuantizeOptions>({ weights: format, embeddings: option.optional(format) });

/** The storage of one parameter. */
export interface ParameterStorage {
  readonly format: StorageFormat;
  readonly bytes: number;
}

/**
 * Stores the weights of linear layers and embedding tables in 16, 8 or 4 bits; norms, biases and small parts that other
 * kernels read stay float32. Quantized parameters are frozen: a model trains on top of them with LoRA (QLoRA, Dettmers et
 * al. 2023). One parameter is converted at a time.
 *
 * @returns the storage of every parameter by path
 * @throws SequiturError where a value is not finite, or too large for float16
 */
export async function quantize(
  model: Module,
  options: QuantizeOptions,
): Promise<ReadonlyMap<string, ParameterStorage>> {
  const plan = planOf(model, options);
  for (const [path, { parameter, format }] of plan) {
    if (parameter.format === format) continue;
    if (!parameter.isFilled) throw unfilled(path);
    const values = await parameter.read();
    parameter.dispose();
    parameter.format = format;
    parameter.assign(values);
  }
  return storageOf(model);
}

/** As `quantize`, for a model whose parameters get their values later, as in loading. */
export function quantizeOnAssign(model: Module, options: QuantizeOptions): void {
  for (const { parameter, format } of planOf(model, options).values()) parameter.format = format;
}

/** The storage of every parameter by path; tied parameters are listed once. */
export function storageOf(model: Module): ReadonlyMap<string, ParameterStorage> {
  return new Map(
    [...parametersOf(model)].map(([path, parameter]) => [
      path,
      { format: parameter.format, bytes: bytesOf(parameter, parameter.format) },
    ]),
  );
}

function planOf(model: Module, options: QuantizeOptions) {
  const { weights, embeddings = weights === 'int4' ? 'int8' : weights } = checkOptions(
    'quantize',
    quantizeOptions,
    options,
  );
  const quantizable = [...parametersOf(model)].filter(([, parameter]) => parameter.rowAxis !== null);
  if (quantizable.length === 0) {
    throw new SequiturError({ where: 'quantize', expected: 'a model with linear layers or embeddings', got: 'none' });
  }
  return new Map(
    quantizable.map(([path, parameter]) => [
      path,
      { parameter, format: parameter.rowAxis === 0 ? embeddings : weights },
    ]),
  );
}

function bytesOf({ shape, rowAxis }: Parameter, format: StorageFormat): number {
  if (format === 'float32' || rowAxis === null) return 4 * sizeOf(shape);
  const [rows, columns] = [shape[rowAxis]!, shape[1 - rowAxis]!];
  return 4 * rows * (wordsPerRow(format, columns) + scalesPerRow(format, columns));
}

function unfilled(path: string): SequiturError {
  const fix = 'Initialize or load the model first';
  return new SequiturError({ where: 'quantize', expected: 'values', got: `none in ${path}`, fix });
}
