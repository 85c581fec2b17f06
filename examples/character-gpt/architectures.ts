import { Gpt, gpt2Presets } from '@sequitur/gpt';
import { Mamba, mambaPresets } from '@sequitur/mamba';
import type { CharacterTokenizer } from '@sequitur/text';

/** A model that the recipe trains and saves. */
export type Writer = Gpt | Mamba;

interface CreateOptions {
  readonly seed: string;
  readonly tokenizer: CharacterTokenizer;
}

export interface CharacterArchitecture {
  create(options: CreateOptions): Writer;
  load(folder: string): Promise<Writer>;
  /** Description for the output. */
  readonly shape: string;
  /** The Python class that loads the saved folder. */
  readonly python: string;
}

const { character: gpt } = gpt2Presets;
const { character: mamba } = mambaPresets;

/** Length of a training window in characters, for every architecture: the context of the GPT. */
export const CONTEXT = gpt.contextLength;

/** The values of `--architecture`: models of about equal parameter count. */
export const architectures = {
  gpt: {
    create: ({ seed, tokenizer }) =>
      Gpt.create({ ...gpt, vocabularySize: tokenizer.vocabularySize }, { seed, tokenizer }),
    load: (folder) => Gpt.fromPretrained(folder),
    shape: `GPT-2 with ${gpt.depth} layers of width ${gpt.width}, ${gpt.heads} heads, context ${gpt.contextLength}`,
    python: 'AutoModelForCausalLM',
  },
  mamba: {
    create: ({ seed, tokenizer }) =>
      Mamba.create({ ...mamba, vocabularySize: tokenizer.vocabularySize }, { seed, tokenizer }),
    load: (folder) => Mamba.fromPretrained(folder),
    shape: `Mamba with ${mamba.depth} layers of width ${mamba.width}`,
    python: 'MambaForCausalLM',
  },
} as const satisfies Record<string, CharacterArchitecture>;
