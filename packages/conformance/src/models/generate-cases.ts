import { type GenerateOptions, generate, type LogitsProcessor } from '@sequitur/core';
import { compareIds, type Finding } from '../comparison.js';
import type { ModelInputs, ModelUnderTest } from './model-under-test.js';

export interface GenerateCase {
  readonly name: string;
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly inputs: ModelInputs;
  readonly sequences: readonly (readonly number[])[];
  readonly sequences_scores?: readonly number[];
}

/** How each argument of Hugging Face's `generate` reads in ours. */
const READERS: Readonly<
  Record<string, (value: never, all: Readonly<Record<string, unknown>>) => GenerateOptions | null>
> = {
  max_new_tokens: (maxTokens: number) => ({ maxTokens }),
  min_new_tokens: (minTokens: number) => ({ minTokens }),
  do_sample: (value: boolean) => (value ? null : {}),
  pad_token_id: () => ({}),
  use_cache: () => ({}),
  eos_token_id: (id: number | number[] | null) => ({ endTokens: id === null ? [] : [id].flat() }),
  num_beams: (beams: number) => (beams === 1 ? {} : null),
  repetition_penalty: (repetitionPenalty: number) => ({ repetitionPenalty }),
  no_repeat_ngram_size: (noRepeatNgram: number) => ({ noRepeatNgram }),
  bad_words_ids: (forbidden: number[][]) => ({ forbidden }),
  suppress_tokens: (tokens: number[]) => ({ processors: [suppress(tokens)] }),
};

/**
 * Generates as the case says, and compares the ids, ends filled up with the padding id as Hugging Face does.
 *
 * @param defaults what holds where the case says nothing
 */
export async function compareGenerate(
  under: ModelUnderTest,
  wanted: GenerateCase,
  defaults: Readonly<Record<string, unknown>>,
): Promise<Finding> {
  const name = `generate/${wanted.name}`;
  if (!under.startGeneration) return { name, verdict: 'unsupported', detail: 'this class does not generate here' };
  const options = readOptions(wanted.kwargs);
  if (typeof options === 'string') return { name, verdict: 'unsupported', detail: options };
  const { model, prompts, dispose } = under.startGeneration(wanted.inputs);
  const written = wanted.inputs.input_ids.map((row) => [...row]);
  const padding = ((wanted.kwargs.pad_token_id ?? defaults.pad_token_id) as number | undefined) ?? 0;
  try {
    for await (const tokens of generate(model, prompts, options)) {
      for (const [row, token] of tokens.entries()) written[row]!.push(token ?? padding);
    }
  } finally {
    dispose?.();
  }
  return compareIds(name, written, wanted.sequences);
}

function readOptions(kwargs: GenerateCase['kwargs']): GenerateOptions | string {
  let options: GenerateOptions = {};
  for (const [name, value] of Object.entries(kwargs)) {
    const read = READERS[name]?.(value as never, kwargs);
    if (!read) return `${name} = ${JSON.stringify(value)} is not built yet`;
    options = { ...options, ...read };
  }
  return options;
}

function suppress(tokens: readonly number[]): LogitsProcessor {
  return (logits) => {
    for (const token of tokens) logits[token] = -Infinity;
  };
}
