import {
  type AttentionOptions,
  attention,
  attentionWeights,
  type FullyMasked,
  MultiHeadAttention,
  type ProjectedAttention,
} from '@sequitur/attention';
import type { Linear, MixContext } from '@sequitur/core';
import {
  cast,
  equal,
  expandDims,
  reshape,
  slice,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';

/**
 * Lets padding attend to padding, as Bamba's class does: its mask hides keys of the other kind. Only for comparisons of a
 * sequence read at once; rows of real tokens do not change.
 */
export function keepPaddingApart(mixer: MultiHeadAttention): void {
  class ApartAttention extends MultiHeadAttention {
    protected override attend(
      query: Tensor4D,
      keys: Tensor4D,
      values: Tensor4D,
      options: AttentionOptions,
      context: MixContext,
    ): Tensor3D {
      const { attentionMask } = options;
      if (!attentionMask) return super.attend(query, keys, values, options, context);
      const real = { ...options, scale: this.scale, fullyMasked: this.fullyMasked };
      const padding = { ...real, attentionMask: tidy(() => cast(equal(attentionMask, 0), 'float32')) };
      const isReal = realQueries(attentionMask, query.shape[1]);
      const weights = where(
        expandDims(expandDims(isReal, 1), 3),
        attentionWeights(query, keys, real),
        attentionWeights(query, keys, padding),
      );
      context.observe?.('weights', weights);
      const output = where(
        expandDims(expandDims(isReal, 2), 3),
        attention(query, keys, values, real),
        attention(query, keys, values, padding),
      );
      return this.output.apply(reshape(output, [output.shape[0], output.shape[1]!, -1]) as Tensor3D);
    }
  }
  Object.setPrototypeOf(mixer, ApartAttention.prototype);
}

/**
 * Lets padding attend to all positions evenly, as DeBERTa's class does, whose mask hides pairs. Only for comparisons, as
 * above.
 */
export function spreadPadding(mixer: ProjectedAttention): void {
  const own = mixer as unknown as {
    readonly output: Linear;
    readonly fullyMasked: FullyMasked;
    readonly scale: number;
  };
  const attend = (query: Tensor4D, keys: Tensor4D, values: Tensor4D, given: AttentionOptions, context: MixContext) => {
    const options = { ...given, scale: own.scale, fullyMasked: own.fullyMasked };
    const { attentionMask } = given;
    const evenly = {
      ...options,
      attentionMask: attentionMask && zerosLike(attentionMask),
      fullyMasked: 'all',
    } as const;
    const isReal = attentionMask ? realQueries(attentionMask, query.shape[1]) : null;
    const chosen = (real: Tensor, even: () => Tensor, axes: readonly number[]) =>
      isReal
        ? where(
            axes.reduce((mask, axis) => expandDims(mask, axis), isReal),
            real,
            even(),
          )
        : real;
    context.observe?.(
      'weights',
      chosen(attentionWeights(query, keys, options), () => attentionWeights(query, keys, evenly), [1, 3]),
    );
    const output = chosen(
      attention(query, keys, values, options),
      () => attention(query, keys, values, evenly),
      [2, 3],
    );
    return own.output.apply(reshape(output, [output.shape[0], output.shape[1]!, -1]) as Tensor3D);
  };
  Object.assign(mixer, { attend });
}

/** Which of the newest `length` positions are real, bool [batch, length]. */
function realQueries(attentionMask: Tensor, length: number): Tensor {
  const [batch, keys] = (attentionMask as Tensor2D).shape;
  return cast(slice(attentionMask as Tensor2D, [0, keys - length], [batch, length]), 'bool');
}
