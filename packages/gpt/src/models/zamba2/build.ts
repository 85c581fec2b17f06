import { MultiHeadAttention, NoPositionalEncoding, Rotary } from '@sequitur/attention';
import { activationByName, GatedFeedForward, Linear, normal, RmsNorm } from '@sequitur/core';
import { type Block, type LanguageModelParts, LoraLinear, MixerBlock, TokenEmbedding } from '@sequitur/transformer';
import { mamba2Mixer } from '../mamba2-layers.js';
import type { Zamba2Config } from './config.js';
import { HybridBlock } from './hybrid-block.js';

/** The parts of a Zamba2: Mamba-2 layers, some of which read a shared transformer block with separate adapters. */
export function buildZamba2(config: Zamba2Config): LanguageModelParts {
  const { vocabularySize, contextLength, width, hybrid, sharedBlocks = 1, tied = true, normEpsilon = 1e-5 } = config;
  const initializer = normal(config.initializerRange ?? 0.02);
  const shared = Array.from({ length: sharedBlocks }, () => sharedBlock(config));
  let used = 0;
  const norm = () => new RmsNorm(width, normEpsilon);
  const blocks = hybrid.map((isHybrid) => {
    if (!isHybrid) return new MixerBlock({ norm: norm(), mixer: mixerOf(config) });
    const block = adapted(config, shared[used++ % sharedBlocks]!);
    const link = new Linear(width, width, { bias: config.projectionBias ?? false, initializer });
    return new HybridBlock({ ...block, link, norm: norm(), mixer: mixerOf(config) });
  });
  return {
    embedding: new TokenEmbedding({ vocabularySize, width, initializer, padding: config.paddingToken }),
    blocks: blocks as unknown as Block[],
    norm: norm(),
    contextLength,
    ...(!tied && { head: new Linear(width, vocabularySize, { bias: false, initializer }) }),
  };
}

/** The Mamba-2 mixer, with a norm over groups of channels and an epsilon that is not part of the config. */
function mixerOf(config: Zamba2Config) {
  const { innerWidth, groups = 1 } = config;
  return mamba2Mixer(
    { ...config, activation: 'silu', normEpsilon: 1e-5 },
    {
      normGroupSize: innerWidth / groups,
    },
  );
}

function sharedBlock(config: Zamba2Config) {
  const { width, hiddenWidth, normEpsilon = 1e-5, projectionBias: bias = false } = config;
  const linear = { bias, initializer: normal(config.initializerRange ?? 0.02) };
  return {
    attentionNorm: new RmsNorm(2 * width, normEpsilon),
    attention: attentionOf(config),
    feedForwardNorm: new RmsNorm(width, normEpsilon),
    feedForward: new GatedFeedForward({
      ...{ width, hiddenWidth, up: linear, down: linear },
      activation: activationByName(config.activation ?? 'gelu'),
    }),
  };
}

function attentionOf(config: Zamba2Config): MultiHeadAttention {
  const { width, heads, keyHeads = heads, rotated = false, rotaryBase: base = 10000, rotaryScaling: scaling } = config;
  const headSize = (2 * width) / heads;
  const linear = { bias: false, initializer: normal(config.initializerRange ?? 0.02) };
  const attention = new MultiHeadAttention({
    ...{ width: 2 * width, heads, keyHeads, headSize, scale: (headSize / 2) ** -0.5 },
    ...{ input: linear, output: linear, dropout: config.attentionDropout ?? 0 },
    positions: rotated ? new Rotary({ headSize, base, ...(scaling && { scaling }) }) : new NoPositionalEncoding(),
  });
  return Object.assign(attention, { output: new Linear(heads * headSize, width, linear) });
}

/** The parts of a shared block, with adapters of one layer. */
function adapted(config: Zamba2Config, shared: ReturnType<typeof sharedBlock>): ReturnType<typeof sharedBlock> {
  const { adapterRank: rank = 128, attentionAdapters = false } = config;
  const adapter = (linear: Linear, down?: Linear) => new LoraLinear(linear, rank, { scale: 1, down });
  const { query, key, value, output } = shared.attention;
  const own = attentionAdapters
    ? { query: adapter(query), key: adapter(key), value: adapter(value) }
    : { query, key, value };
  const gate = adapter(shared.feedForward.gate);
  const up = adapter(shared.feedForward.up, gate.down);
  return {
    ...shared,
    attention: Object.assign(attentionOf(config), { ...own, output }),
    feedForward: Object.assign(sharedBlock(config).feedForward, { gate, up, down: shared.feedForward.down }),
  };
}
