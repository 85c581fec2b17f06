import type { CausalModel, Module } from '@sequitur/core';
import { Gpt, llamaFamily } from '@sequitur/gpt';
import { Mamba, mamba } from '@sequitur/mamba';
import type { SaveOptions } from '@sequitur/pretrained';
import type { Tokenizer } from '@sequitur/text';
import { attention, LanguageModel } from '@sequitur/transformer';

/** A language model that can be saved. */
export interface StoryModel extends CausalModel, Module {
  readonly tokenizer: Tokenizer | null;
  savePretrained(folder: string, options?: SaveOptions): Promise<void>;
}

/** Sizes of the architectures, with equal parameter counts within 3 %: they differ in their mixers. */
export interface StorySize {
  readonly width: number;
  readonly heads: number;
  /** Vocabulary size. */
  readonly vocabulary: number;
  readonly gpt: { readonly depth: number; readonly hiddenWidth: number };
  readonly mamba: { readonly depth: number };
  /** Sizes of the hybrid; every third layer is attention. */
  readonly hybrid: { readonly depth: number; readonly hiddenWidth: number };
}

export const sizes = {
  small: {
    ...{ width: 128, heads: 4, vocabulary: 2048 },
    ...{ gpt: { depth: 4, hiddenWidth: 344 }, mamba: { depth: 7 }, hybrid: { depth: 6, hiddenWidth: 264 } },
  },
  medium: {
    ...{ width: 192, heads: 6, vocabulary: 4096 },
    ...{ gpt: { depth: 4, hiddenWidth: 512 }, mamba: { depth: 7 }, hybrid: { depth: 6, hiddenWidth: 400 } },
  },
} as const satisfies Record<string, StorySize>;

export interface StoryArchitecture {
  /** Description for the output. */
  shape(size: StorySize): string;
  create(size: StorySize, tokenizer: Tokenizer, seed: string): StoryModel;
  load(folder: string): Promise<StoryModel>;
}

/** Length of a training window in tokens, and context length of attention. */
export const CONTEXT = 256;

export const architectures = {
  gpt: {
    shape: ({ gpt, width, heads }) => `a Llama of ${gpt.depth} layers of width ${width}, ${heads} heads`,
    create: ({ gpt, width, heads }, tokenizer, seed) => {
      const { vocabularySize } = tokenizer;
      const shape = { vocabularySize, contextLength: CONTEXT, width, heads, ...gpt, normEpsilon: 1e-5, tied: true };
      return Gpt.create({ ...shape, ...endOf(tokenizer) }, { family: llamaFamily, seed, tokenizer });
    },
    load: (folder) => Gpt.fromPretrained(folder),
  },
  mamba: {
    shape: ({ mamba, width }) => `a Mamba of ${mamba.depth} layers of width ${width}`,
    create: ({ mamba, width }, tokenizer, seed) => {
      const { vocabularySize } = tokenizer;
      return Mamba.create({ vocabularySize, width, ...mamba, ...endOf(tokenizer) }, { seed, tokenizer });
    },
    load: (folder) => Mamba.fromPretrained(folder),
  },
  hybrid: {
    shape: ({ hybrid, width }) =>
      `${hybrid.depth} layers of width ${width}, every third of attention, the others Mamba`,
    create: ({ hybrid: { depth, hiddenWidth }, width, heads }, tokenizer, seed) => {
      const layer = (index: number) => (index % 3 === 2 ? attention({ heads, hiddenWidth }) : mamba());
      const blocks = Array.from({ length: depth }, (_, index) => layer(index));
      const { vocabularySize } = tokenizer;
      return LanguageModel.create({ vocabularySize, width, blocks, contextLength: CONTEXT }, { seed, tokenizer });
    },
    load: (folder) => LanguageModel.fromPretrained(folder, { parts: [attention, mamba] }),
  },
} as const satisfies Record<string, StoryArchitecture>;

/** The end token also begins a story. */
function endOf(tokenizer: Tokenizer): { readonly startToken?: number; readonly endToken?: number } {
  const end = tokenizer.tokenToId(tokenizer.specialTokens.end ?? '');
  return end === undefined ? {} : { startToken: end, endToken: end };
}
