import { expectNumber, SequiturError, showValue } from '@sequitur/core';
import { div, maximum, mul, pow, range, reshape, sub, type Tensor } from '@tensorflow/tfjs-core';

/** RoPE scaling: how rotary angles change for sequences longer than those of training. */
export type RotaryScaling =
  | { readonly kind: 'none' }
  /** Every angle is divided by the factor (Chen et al. 2023). */
  | { readonly kind: 'linear'; readonly factor: number }
  /** The base grows with texts beyond the trained length (dynamic NTK-aware scaling). */
  | { readonly kind: 'dynamic'; readonly factor: number; readonly trainedLength: number }
  /** Slow pairs are stretched by the factor, fast ones stay, those between are blended (Llama 3.1). */
  | {
      readonly kind: 'llama3';
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly trainedLength: number;
    }
  /** As Llama 3 with a ramp over the pairs, and scores sharpened by the amplitude (Peng et al. 2023). */
  | {
      readonly kind: 'yarn';
      readonly factor: number;
      readonly trainedLength: number;
      /** Factor on cosines and sines; default 0.1 ln(factor) + 1. */
      readonly amplitude?: number;
      /** Pairs with at least this many rotations within the trained length are not scaled (`beta_fast`); default 32. */
      readonly fastTurns?: number;
      /** Pairs with at most this many rotations are scaled in full (`beta_slow`); default 1. */
      readonly slowTurns?: number;
      /** Whether the ends of the ramp are whole pairs; default true. */
      readonly truncate?: boolean;
    }
  /**
   * Each pair has a separate divisor: short ones up to the trained length, long ones for longer sequences (Ding
   * et al. 2024, "LongRoPE").
   */
  | {
      readonly kind: 'longrope';
      readonly shortFactors: readonly number[];
      readonly longFactors: readonly number[];
      readonly trainedLength: number;
      readonly amplitude: number;
    };

/** Checks a scaling, which may come from a saved model. */
export function expectScaling(where: string, scaling: RotaryScaling): void {
  const above0 = (name: string, value: number) =>
    expectNumber(`${where}, ${name}`, value, 'a number above 0', (n) => n > 0 && n < Infinity);
  switch (scaling.kind) {
    case 'none':
      return;
    case 'linear':
      above0('factor', scaling.factor);
      return;
    case 'llama3':
      above0('lowFrequencyFactor', scaling.lowFrequencyFactor);
      above0('highFrequencyFactor', scaling.highFrequencyFactor);
      break;
    case 'dynamic':
    case 'yarn':
      break;
    case 'longrope':
      for (const factor of [...scaling.shortFactors, ...scaling.longFactors]) above0('factors', factor);
      above0('amplitude', scaling.amplitude);
      above0('trainedLength', scaling.trainedLength);
      return;
    default:
      throw new SequiturError({
        where,
        expected: 'a kind of none, linear, dynamic, llama3, yarn or longrope',
        got: showValue(scaling),
      });
  }
  above0('factor', scaling.factor);
  above0('trainedLength', scaling.trainedLength);
}

export interface FrequencySettings {
  /** Number of rotated dimensions of each head: twice the number of pairs. */
  readonly width: number;
  readonly base: number;
  /** Length of the whole sequence in tokens, used by dynamic scaling only. */
  readonly length: number;
}

/** Angular frequency of each pair in radians per position: base^(-2i / width), scaled. */
export function frequenciesOf(scaling: RotaryScaling, { width, base, length }: FrequencySettings): Float64Array {
  const pairs = Float64Array.from({ length: width / 2 }, (_, i) => base ** ((-2 * i) / width));
  switch (scaling.kind) {
    case 'none':
      return pairs;
    case 'linear':
      return pairs.map((frequency) => frequency / scaling.factor);
    case 'dynamic': {
      const { factor, trainedLength } = scaling;
      const stretch = Math.max(1, (factor * length) / trainedLength - (factor - 1));
      return pairs.map((frequency, i) => frequency * stretch ** ((-2 * i) / (width - 2)));
    }
    case 'llama3':
      return pairs.map((frequency) => blendByWavelength(frequency, scaling));
    case 'yarn':
      return blendByRamp(pairs, scaling, { width, base });
    case 'longrope': {
      const factors = length > scaling.trainedLength ? scaling.longFactors : scaling.shortFactors;
      return pairs.map((frequency, i) => frequency / factors[i]!);
    }
  }
}

/** The factor on cosines and sines (`attention_factor` of YaRN). */
export function rotaryAmplitude(scaling: RotaryScaling): number {
  if (scaling.kind === 'longrope') return scaling.amplitude;
  if (scaling.kind !== 'yarn') return 1;
  return scaling.amplitude ?? (scaling.factor <= 1 ? 1 : 0.1 * Math.log(scaling.factor) + 1);
}

/**
 * The factor on the frequencies by dynamic scaling, for a sequence of `length` (a scalar tensor) tokens: [1, width /
 * 2].
 */
export function dynamicStretch(
  { factor, trainedLength }: Extract<RotaryScaling, { kind: 'dynamic' }>,
  length: Tensor,
  width: number,
): Tensor {
  const stretch = maximum(sub(mul(length, factor / trainedLength), factor - 1), 1);
  const exponents = div(mul(range(0, width / 2, 1, 'float32'), -2), width - 2);
  return reshape(pow(stretch, exponents), [1, width / 2]);
}

function blendByWavelength(frequency: number, scaling: Extract<RotaryScaling, { kind: 'llama3' }>): number {
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, trainedLength } = scaling;
  const wavelength = (2 * Math.PI) / frequency;
  if (wavelength < trainedLength / high) return frequency;
  if (wavelength > trainedLength / low) return frequency / factor;
  const kept = (trainedLength / wavelength - low) / (high - low);
  return (1 - kept) * (frequency / factor) + kept * frequency;
}

function blendByRamp(
  pairs: Float64Array,
  { factor, trainedLength, fastTurns = 32, slowTurns = 1, truncate = true }: Extract<RotaryScaling, { kind: 'yarn' }>,
  { width, base }: Pick<FrequencySettings, 'width' | 'base'>,
): Float64Array {
  /** The pair that makes this many rotations within the trained length. */
  const pairOf = (turns: number) => (width * Math.log(trainedLength / (turns * 2 * Math.PI))) / (2 * Math.log(base));
  const [fast, slow] = [pairOf(fastTurns), pairOf(slowTurns)];
  const first = Math.max(truncate ? Math.floor(fast) : fast, 0);
  const found = Math.min(truncate ? Math.ceil(slow) : slow, width - 1);
  const last = found === first ? found + 0.001 : found;
  return pairs.map((frequency, i) => {
    const stretched = Math.min(1, Math.max(0, (i - first) / (last - first)));
    return stretched * (frequency / factor) + (1 - stretched) * frequency;
  });
}
