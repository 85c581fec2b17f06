import { type CausalModel, checkArgument, option, tokenTensor } from '@sequitur/core';
import { type GenerateOptions, generateSequences, generateSteps } from '@sequitur/generation';
import { missingTokenizer, type TextGenerateOptions, textPieces, withCheckpointSettings } from '@sequitur/text';
import { dispose, tensor2d } from '@tensorflow/tfjs-core';
import type { SequenceToSequence } from '../sequence-to-sequence-model.js';

export interface WriteFromOptions extends TextGenerateOptions {
  /** The task prefix of every text, for T5: `translate English to German: `. */
  readonly prefix?: string;
  /** Batch size; texts of similar length are batched together. Default: all texts in one batch. */
  readonly batchSize?: number;
}

/**
 * Generates a text for each source: greedily, or with the settings of the generation config and the options. With
 * `beamSearch` the best one is returned.
 *
 * @throws SequiturError where the model has no tokenizer
 */
export async function writeFrom(
  model: SequenceToSequence,
  texts: readonly string[],
  options: WriteFromOptions = {},
): Promise<string[]> {
  checkTexts(texts, options);
  const { batchSize = texts.length, ...settings } = options;
  if (batchSize >= texts.length) return writeTogether(model, texts, settings);
  const order = texts.map((_, index) => index).sort((a, b) => texts[a]!.length - texts[b]!.length);
  const written: string[] = [];
  for (let start = 0; start < order.length; start += batchSize) {
    const batch = order.slice(start, start + batchSize);
    const results = await writeTogether(
      model,
      batch.map((index) => texts[index]!),
      settings,
    );
    for (const [row, index] of batch.entries()) written[index] = results[row]!;
  }
  return written;
}

function checkTexts(texts: readonly string[], options: WriteFromOptions): void {
  checkArgument('writeFrom, texts', option.listOf(option.text), texts);
  checkArgument('writeFrom, options', option.anObject, options);
  checkArgument('writeFrom, batchSize', option.optional(option.count), options.batchSize);
  checkArgument('writeFrom, prefix', option.optional(option.text), options.prefix);
}

async function writeTogether(
  model: SequenceToSequence,
  texts: readonly string[],
  options: WriteFromOptions,
): Promise<string[]> {
  const { tokenizer, conditioned, prompts, resolved } = read(model, texts, options);
  try {
    const written = await generateSequences(conditioned, prompts, resolved);
    return written.map(([best]) => tokenizer.decode(best!.tokens));
  } finally {
    conditioned.dispose();
  }
}

/** As `writeFrom` for one text, yielded piece by piece. Leaving the loop early frees all tensors. */
export async function* streamFrom(
  model: SequenceToSequence,
  text: string,
  options: WriteFromOptions = {},
): AsyncGenerator<string> {
  checkTexts([text], options);
  const { tokenizer, conditioned, prompts, resolved } = read(model, [text], options);
  try {
    yield* textPieces(firstTokens(conditioned, prompts, resolved), tokenizer);
  } finally {
    conditioned.dispose();
  }
}

async function* firstTokens(
  model: CausalModel,
  prompts: readonly (readonly number[])[],
  options: GenerateOptions,
): AsyncGenerator<number> {
  for await (const { tokens } of generateSteps(model, prompts, options)) {
    if (typeof tokens[0] !== 'number') return;
    yield tokens[0];
  }
}

function read(model: SequenceToSequence, texts: readonly string[], { prefix = '', ...options }: WriteFromOptions) {
  const tokenizer = model.tokenizer ?? missingTokenizer('writing from a text');
  const sources = tokenizer.tokenizeBatch(
    texts.map((text) => prefix + text),
    { specialTokens: true, padding: { side: 'right' } },
  );
  const { generation } = model;
  const ends = generation.eos_token_id ?? model.config.endToken;
  const resolved = withCheckpointSettings('writeFrom', options, {
    ...{ tokenizer, prompt: { length: 1, sources: sources.map(({ ids }) => ids) } },
    settings: { ...generation, ...(ends !== undefined && { eos_token_id: ends }) },
  });
  const tokens = tokenTensor(
    sources.map(({ ids }) => ids),
    model.sourceVocabularySize,
  );
  const mask = sources.flatMap(({ attentionMask }) => attentionMask);
  const attentionMask = tensor2d(mask, tokens.shape, 'int32');
  const conditioned = model.conditionedOn(tokens, { attentionMask });
  dispose([tokens, attentionMask]);
  return { tokenizer, conditioned, prompts: texts.map(() => [model.startToken]), resolved };
}
