import {
  type GenerateOptions,
  type GenerationPrompt,
  type GenerationSettings,
  withGenerationSettings,
} from '@sequitur/generation';
import type { Tokenizer } from '../tokenizers/tokenizer.js';
import { type Stop, type TextGenerateOptions, withDecodedStop } from './stop-strings.js';

/** The context in which options of text generation are resolved. */
export interface TextGenerationContext {
  readonly tokenizer: Tokenizer;
  /** The generation settings of the checkpoint, by their Hugging Face names. */
  readonly settings: GenerationSettings;
  readonly prompt: GenerationPrompt;
  /** Tokens before the generated ones that affect their text: those of the prompt. Default none. */
  readonly after?: readonly number[];
}

/**
 * Converts options of text generation to those of `generate`. Defaults are the settings of the checkpoint.
 *
 * @param where the function as users call it
 * @throws SequiturError naming a setting that is not supported, or an invalid stop string
 */
export function withCheckpointSettings(
  where: string,
  options: TextGenerateOptions,
  { tokenizer, settings, prompt, after }: TextGenerationContext,
): GenerateOptions {
  const { stop_strings: ownStop, ...rest } = settings;
  const { stop = (ownStop ?? undefined) as Stop | undefined, ...given } = options;
  return withDecodedStop(where, { ...withGenerationSettings(given, rest, prompt), stop }, tokenizer, after);
}
