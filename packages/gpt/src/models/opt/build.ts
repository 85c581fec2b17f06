import { NoPositionalEncoding } from '@sequitur/attention';
import { LayerNorm, Linear, normal } from '@sequitur/core';
import { type LanguageModelParts, PositionTable, TokenEmbedding } from '@sequitur/transformer';
import { preNorm as before, postNorm } from '../llama/arrangements.js';
import { buildLlamaLike } from '../llama/build.js';
import type { OptConfig } from './config.js';
import { OutputProjection } from './output-projection.js';

/** Rows of the position embedding before the first position. */
const OFFSET = 2;

/** The parts of an OPT: learned positions, norms before or after the sublayers, a plain feed-forward. */
export function buildOpt(config: OptConfig): LanguageModelParts {
  const { vocabularySize, contextLength, width, embeddingWidth = width, tied = true, residualDropout = 0 } = config;
  const { preNorm = true, finalNorm = true, bias = true, normEpsilon: epsilon = 1e-5 } = config;
  const initializer = normal(config.initializerRange ?? 0.02);
  const none = new NoPositionalEncoding();
  const last = preNorm && finalNorm ? new LayerNorm(width, { epsilon }) : null;
  const linear = { bias: false, initializer };
  return {
    ...buildLlamaLike(
      { activation: 'relu', ...config, tied },
      {
        ...{ inputBias: bias, outputBias: bias, feedForwardBias: bias, gated: false, residualDropout },
        norm: (size) => new LayerNorm(size, { epsilon }),
        positions: () => none,
        arrange: preNorm ? before : postNorm,
      },
    ),
    embedding: new TokenEmbedding({
      ...{ vocabularySize, width: embeddingWidth, initializer, padding: config.paddingToken, dropout: residualDropout },
      ...(width !== embeddingWidth && { project: new Linear(embeddingWidth, width, linear) }),
      positions: new PositionTable({ count: contextLength, width, offset: OFFSET, initializer }),
    }),
    norm: new OutputProjection({ norm: last, width, embeddingWidth, linear }),
    countsRealTokens: true,
    ...(!tied && { head: new Linear(embeddingWidth, vocabularySize, linear) }),
  };
}
