import { clip, normal, quickGelu } from '@sequitur/core';
import type { LanguageModelParts } from '@sequitur/transformer';
import { add, mul, type Tensor2D } from '@tensorflow/tfjs-core';
import { balanceOf, expertsOf } from '../expert-layers.js';
import { buildLlamaLike } from '../llama/build.js';
import { layerPatterns } from '../windowed-layers.js';
import type { GptOssConfig } from './config.js';

/** Upper bound of an expert's gate, and of the absolute value of the other factor. */
const LIMIT = 7;
/** The lowest finite float32. */
const LEAST = -3.4028234663852886e38;

/** The parts of a GPT-OSS: attention sinks, windows in every other layer, experts with biases and clipped gates. */
export function buildGptOss(config: GptOssConfig): LanguageModelParts {
  const { hiddenWidth, attentionBias: bias = true } = config;
  const linear = { bias: true, initializer: normal(config.initializerRange ?? 0.02) };
  return buildLlamaLike(config, {
    ...{ inputBias: bias, outputBias: bias, sinks: true },
    pattern: layerPatterns(config),
    feedForward: () => expertsOf(config, { hiddenWidth, linear, router: linear, combine, balanced: 'weights' }),
    balance: balanceOf(config),
  });
}

function combine(gate: Tensor2D, up: Tensor2D): Tensor2D {
  const opened = quickGelu(clip(gate, LEAST, LIMIT));
  return mul(add(clip(up, -LIMIT, LIMIT), 1), opened) as Tensor2D;
}
