import {
  activationByName,
  GatedFeedForward,
  type LinearOptions,
  normal,
  type OptionRules,
  option,
  RmsNorm,
  type SequenceMixer,
  type StateTree,
} from '@sequitur/core';
import { type Block, PreNormBlock } from '../block.js';
import type { PartPlace } from './block-part.js';

export interface FeedForwardOptions {
  /**
   * Hidden width of the feed-forward; default 8/3 of the width: a gated network then has as many parameters as a plain
   * one of four times the width.
   */
  readonly hiddenWidth: number;
  /** Activation by its Hugging Face name; default `silu`. */
  readonly activation: string;
  /** Dropout rate of the outputs; default 0. */
  readonly dropout: number;
}

export const feedForwardRules: OptionRules<FeedForwardOptions> = {
  hiddenWidth: option.optional(option.count),
  activation: option.optional(option.text),
  dropout: option.optional(option.rate),
};

/** Options of a mixer that depend on its place in the stack. */
export interface Projections {
  readonly width: number;
  readonly input: LinearOptions;
  readonly output: LinearOptions;
}

/** A pre-norm block around a mixer, with a gated feed-forward (Touvron et al. 2023, section 2.2). */
export function blockAround<S extends StateTree>(
  { hiddenWidth, activation = 'silu', dropout = 0 }: Partial<FeedForwardOptions>,
  { width, depth }: PartPlace,
  mixerOf: (projections: Projections) => SequenceMixer<S>,
): Block<S> {
  const input = { bias: false, initializer: normal(0.02) };
  const output = { bias: false, initializer: normal(0.02 / Math.sqrt(2 * depth)) };
  return new PreNormBlock<S>({
    mixerNorm: new RmsNorm(width),
    mixer: mixerOf({ width, input, output }),
    feedForwardNorm: new RmsNorm(width),
    feedForward: new GatedFeedForward({
      width,
      hiddenWidth: hiddenWidth ?? Math.round((8 * width) / 3),
      activation: activationByName(activation),
      dropout,
      up: input,
      down: output,
    }),
    dropout,
  });
}

/** The default number of heads: width / 64, at least 1. */
export function headsOf({ width }: PartPlace): number {
  return Math.max(1, Math.floor(width / 64));
}
