import type { StoredWeights } from '../safetensors/checkpoint.js';
import type { StoredTensor } from '../safetensors/reader.js';

/** Tensors of one module by the last part of their names, such as `weight_scale`. */
export type Parts<T> = Readonly<Record<string, T>>;

type Shapes = Parts<readonly number[]>;

/** A layout of quantized weights: which tensors stand for a weight, and what values they hold. */
export interface QuantizationScheme {
  /** The part that every quantized module has. */
  readonly main: string;
  /** The parts that belong to every weight. */
  readonly parts: readonly string[];
  /** Parts that a weight may have. */
  readonly optional?: readonly string[];
  /** The shape of the weight. @param read the integers of a small part */
  shape(shapes: Shapes, read: (part: string) => Promise<readonly number[]>): Promise<readonly number[]>;
  /** The weight, row-major. @param where the weight, for messages */
  dequantize(parts: Parts<StoredTensor>, shape: readonly number[], where: string): StoredWeights;
}
