import { checkOptions, option, optionsOf, scoped } from '@sequitur/core';
import {
  cast,
  div,
  expandDims,
  maximum,
  mul,
  norm,
  reshape,
  slice,
  sum,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { tensorsOf } from '../batch.js';
import type { Bert } from '../bert.js';
import {
  type CuttingOptions,
  cuttingRules,
  encodeCut,
  inBatches,
  paddedBatch,
  readerFor,
  rowsOf,
  type TextInput,
} from './reading.js';

export interface EmbedOptions extends CuttingOptions {
  /** The mean of all tokens' vectors (the default), or the vector of the first token. */
  readonly pooling?: 'mean' | 'cls' | undefined;
  /** Whether to normalise vectors to length 1; default true. */
  readonly normalize?: boolean | undefined;
}

const embedOptions = optionsOf<EmbedOptions>({
  ...cuttingRules,
  pooling: option.optional(option.oneOf('mean', 'cls')),
  normalize: option.optional(option.flag),
});

/**
 * Sentence embeddings: a vector [width] for each text, similar for similar texts. Longer texts are truncated, with a
 * warning.
 */
export async function embed(
  model: Bert,
  texts: readonly TextInput[],
  options: EmbedOptions = {},
): Promise<Float32Array[]> {
  checkOptions('embed', embedOptions, options);
  const { pooling = 'mean', normalize = true } = options;
  const tokenizer = readerFor('embed', model);
  const encodings = encodeCut('embed', tokenizer, model, texts, options);
  return inBatches(encodings, options, async (some) => {
    const batch = paddedBatch(model, some);
    const vectors = scoped(() => {
      const { tokens, context } = tensorsOf(batch, model.vocabularySize);
      const hidden = model.encode(tokens, context);
      const pooled = pooling === 'cls' ? firstOf(hidden) : meanOf(hidden, context.attentionMask!);
      return normalize ? (div(pooled, maximum(norm(pooled, 2, 1, true), 1e-12)) as Tensor2D) : pooled;
    });
    const values = (await vectors.data()) as Float32Array;
    vectors.dispose();
    return rowsOf(values, some.length).map((row) => row.slice());
  });
}

/** [batch, length, width] -> the first token's [batch, width]. */
function firstOf(hidden: Tensor3D): Tensor2D {
  const [batch, , width] = hidden.shape;
  return reshape(slice(hidden, [0, 0, 0], [batch, 1, width]), [batch, width]);
}

/** The mean over real tokens. */
function meanOf(hidden: Tensor3D, attentionMask: Tensor2D): Tensor2D {
  const weights = cast(attentionMask, 'float32'); // [batch, length]
  return div(sum(mul(hidden, expandDims(weights, -1)), 1), sum(weights, 1, true)) as Tensor2D;
}
