import type { Random } from '../random.js';
import { sizeOf } from '../shape.js';

/** An initializer: the initial values of a parameter, from its shape and a separate random stream. */
export type Initializer = (shape: readonly number[], random: Random) => Float32Array;

export const zeros: Initializer = (shape) => new Float32Array(sizeOf(shape));

export const ones: Initializer = (shape) => new Float32Array(sizeOf(shape)).fill(1);

export function constant(value: number): Initializer {
  return (shape) => new Float32Array(sizeOf(shape)).fill(value);
}

/** Normal with mean 0; GPT-2 and BERT use a standard deviation of 0.02. */
export function normal(deviation: number): Initializer {
  return (shape, random) => fill(shape, () => deviation * random.normal());
}

/** Uniform in [-limit, limit). */
export function uniform(limit: number): Initializer {
  return (shape, random) => fill(shape, () => limit * (2 * random.uniform() - 1));
}

/**
 * Xavier uniform (Glorot and Bengio 2010, equation 16): limit sqrt(6 / (inputs + outputs)), for a weight [inputs,
 * outputs].
 */
export const xavierUniform: Initializer = (shape, random) => {
  const [inputs = 1, outputs = 1] = shape;
  return uniform(Math.sqrt(6 / (inputs + outputs)))(shape, random);
};

function fill(shape: readonly number[], draw: () => number): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = draw();
  return values;
}
