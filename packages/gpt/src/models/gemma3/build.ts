import type { LanguageModelParts } from '@sequitur/transformer';
import { buildGemma2 } from '../gemma2/build.js';
import { rotaryOf } from '../llama/build.js';
import { OffsetRmsNorm } from '../offset-rms-norm.js';
import { isWindowedLayer } from '../windowed-layers.js';
import type { Gemma3Config } from './config.js';

/** The parts of a Gemma 3: Gemma 2 with norms of queries and keys, and another rotary base in windowed layers. */
export function buildGemma3(config: Gemma3Config): LanguageModelParts {
  const { rotaryScaling: _, ...unscaled } = config;
  const whole = rotaryOf(config);
  const local = rotaryOf({ ...unscaled, rotaryBase: config.localRotaryBase ?? 10000 });
  return buildGemma2(config, {
    positions: (layer) => (isWindowedLayer(config, layer) ? local : whole),
    queryKeyNorm: (_heads, headSize, epsilon) => new OffsetRmsNorm(headSize, epsilon),
  });
}
