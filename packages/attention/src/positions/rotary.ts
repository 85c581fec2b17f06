import { expectNumber, SequiturError } from '@sequitur/core';
import {
  add,
  cast,
  cos,
  greater,
  max,
  mul,
  reshape,
  sin,
  type Tensor,
  type Tensor4D,
  tensor2d,
  tidy,
  where,
} from '@tensorflow/tfjs-core';
import { rotate } from '../ops/rotary/index.js';
import { type Place, PositionalEncoding } from './positional-encoding.js';
import {
  dynamicStretch,
  expectScaling,
  frequenciesOf,
  type RotaryScaling,
  rotaryAmplitude,
} from './rotary-frequencies.js';

export interface RotaryOptions {
  readonly headSize: number;
  /**
   * Number of dimensions of each head that are rotated, counted from the first; default all (a quarter in GPT-NeoX).
   */
  readonly rotaryDimensions?: number;
  /** θ, the base of the frequencies: the slowest pair completes a rotation in about 2π base tokens; default 10,000. */
  readonly base?: number;
  /** Pairs are adjacent (2i, 2i + 1) as in GPT-J; default (i, i + rotaryDimensions / 2) as in Llama and GPT-NeoX. */
  readonly interleaved?: boolean;
  /** RoPE scaling for sequences longer than those of training. */
  readonly scaling?: RotaryScaling;
}

/**
 * Rotary position embedding, RoPE (Su et al. 2021, equation 34): pair i of each query and key is rotated by position ×
 * base^(-2i / width), so that scores depend on relative distances only.
 */
export class Rotary extends PositionalEncoding {
  readonly headSize: number;
  readonly rotaryDimensions: number;
  readonly base: number;
  readonly interleaved: boolean;
  readonly scaling: RotaryScaling;
  /** Cosines and sines of the last call: all layers use the same ones. */
  #last: { seen: number; length: number; cosines: Float32Array; sines: Float32Array } | null = null;

  constructor({
    headSize,
    rotaryDimensions = headSize,
    base = 10000,
    interleaved = false,
    scaling = { kind: 'none' },
  }: RotaryOptions) {
    super();
    if (!Number.isInteger(rotaryDimensions / 2) || rotaryDimensions < 2 || rotaryDimensions > headSize) {
      throw new SequiturError({
        where: 'Rotary',
        expected: `an even rotaryDimensions from 2 to the head size ${headSize}`,
        got: String(rotaryDimensions),
      });
    }
    expectNumber('Rotary, base', base, 'a number above 0', (n) => n > 0 && n < Infinity);
    expectScaling('Rotary, scaling', scaling);
    this.headSize = headSize;
    this.rotaryDimensions = rotaryDimensions;
    this.base = base;
    this.interleaved = interleaved;
    this.scaling = scaling;
  }

  /**
   * Angular frequency of each pair in radians per position, for a sequence of `length` tokens: rotaryDimensions / 2
   * values.
   */
  frequencies(length = 0): Float64Array {
    return frequenciesOf(this.scaling, { width: this.rotaryDimensions, base: this.base, length });
  }

  override apply(x: Tensor4D, place: Place): Tensor4D {
    return tidy(() => {
      const { cosines, sines } = this.tables(place);
      return rotate(x, cosines, sines, { interleaved: this.interleaved });
    });
  }

  /**
   * Cosines and sines, each [length, rotaryDimensions / 2], or [batch * length, ...] where rows have different
   * positions.
   */
  tables(place: Place): { cosines: Tensor; sines: Tensor } {
    if (place.positions) return this.#tablesOnDevice(place.positions);
    const { seen, length } = place;
    this.#refuseStale(place);
    if (this.#last?.seen !== seen || this.#last.length !== length) this.#last = { seen, length, ...this.#fill(place) };
    const shape: [number, number] = [length, this.rotaryDimensions / 2];
    return { cosines: tensor2d(this.#last.cosines, shape), sines: tensor2d(this.#last.sines, shape) };
  }

  /** Keys that were cached with the factors of short sequences are wrong in a long one. */
  #refuseStale({ seen, length }: Place): void {
    const { scaling } = this;
    if (scaling.kind !== 'longrope' || seen === 0) return;
    const { trainedLength } = scaling;
    if (seen > trainedLength || seen + length <= trainedLength) return;
    throw new SequiturError({
      where: 'Rotary, longrope',
      expected: `a sequence that stays within ${trainedLength} tokens, or is read at once from its first token on`,
      got: `a chunk from token ${seen} to ${seen + length}`,
      fix: 'Read the whole sequence again from an empty state, as `generate` does',
    });
  }

  #fill({ seen, length }: Place): { cosines: Float32Array; sines: Float32Array } {
    const frequencies = this.frequencies(seen + length);
    const amplitude = rotaryAmplitude(this.scaling);
    const half = frequencies.length;
    const [cosines, sines] = [new Float32Array(length * half), new Float32Array(length * half)];
    for (let i = 0; i < cosines.length; i++) {
      const angle = (seen + Math.floor(i / half)) * frequencies[i % half]!;
      cosines[i] = Math.cos(angle) * amplitude;
      sines[i] = Math.sin(angle) * amplitude;
    }
    return { cosines, sines };
  }

  #tablesOnDevice(positions: Tensor): { cosines: Tensor; sines: Tensor } {
    const column = cast(reshape(positions, [-1, 1]), 'float32');
    const angles = mul(column, this.#frequenciesFor(column)); // [batch * length, half]
    const amplitude = rotaryAmplitude(this.scaling);
    return { cosines: mul(cos(angles), amplitude), sines: mul(sin(angles), amplitude) };
  }

  #frequenciesFor(positions: Tensor): Tensor {
    const { scaling, rotaryDimensions } = this;
    const table = (length = 0) => tensor2d(Float32Array.from(this.frequencies(length)), [1, rotaryDimensions / 2]);
    if (scaling.kind === 'longrope') {
      const isLong = greater(max(positions), scaling.trainedLength - 1);
      return where(isLong, table(Infinity), table());
    }
    const frequencies = table();
    if (scaling.kind !== 'dynamic') return frequencies;
    return mul(frequencies, dynamicStretch(scaling, add(max(positions), 1), rotaryDimensions));
  }
}
