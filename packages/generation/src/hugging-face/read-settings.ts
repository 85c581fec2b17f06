import { checkArgument, SequiturError, shorten, showValue } from '@sequitur/core';
import type { GenerateOptions } from '../options.js';
import {
  DEFAULT_TOP_K,
  type GenerationPrompt,
  type GenerationSettings,
  INERT,
  SETTINGS,
  UNSUPPORTED,
} from './settings.js';

/** Whether an attribute of a model config is a generation setting. */
export function isGenerationSetting(name: string): boolean {
  return Object.hasOwn(SETTINGS, name) || INERT.includes(name);
}

/** The defaults of Hugging Face, except for those that have no effect. */
const DEFAULTS: GenerationSettings = { max_length: 20, top_k: DEFAULT_TOP_K };

/**
 * Converts settings of Hugging Face to generation options. Each unknown one, such as a note of the authors, causes one
 * warning.
 *
 * @throws SequiturError naming a setting that is not supported, or whose value is invalid
 */
export function readGenerationSettings(given: GenerationSettings, prompt: GenerationPrompt): GenerateOptions {
  const all = { ...DEFAULTS, ...given };
  let options: GenerateOptions = {};
  for (const [name, value] of Object.entries(all)) {
    if (value === null || value === undefined || INERT.includes(name)) continue;
    if (!Object.hasOwn(SETTINGS, name)) {
      checkUnsupported(name, value);
      continue;
    }
    checkArgument(`generation settings, ${name}`, SETTINGS[name]!.rule, value);
    options = { ...options, ...SETTINGS[name]!.read(value as never, prompt, all) };
  }
  // Sampling without a temperature is temperature 1 in Hugging Face.
  return all.do_sample && options.temperature === undefined ? { ...options, temperature: 1 } : options;
}

/**
 * Merges options over the settings of a checkpoint. An option replaces the setting of the same meaning: `maxTokens` or
 * `maxLength` replaces both lengths, and a strategy replaces another one.
 *
 * @throws SequiturError naming a setting that is not supported, or whose value is invalid
 */
export function withGenerationSettings<Options extends Omit<GenerateOptions, 'stop'>>(
  options: Options,
  settings: GenerationSettings,
  prompt: GenerationPrompt,
): Options {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const isGiven = (...names: readonly (keyof GenerateOptions)[]) => names.some((name) => Object.hasOwn(given, name));
  const left = {
    ...settings,
    ...(isGiven('maxTokens', 'maxLength') && { max_length: null, max_new_tokens: null }),
    ...(isGiven('beamSearch', 'contrastive', 'speculation') && OTHER_STRATEGY),
  };
  return { ...readGenerationSettings(left, prompt), ...given } as Options;
}

const OTHER_STRATEGY = { num_beams: null, penalty_alpha: null, prompt_lookup_num_tokens: null };

const warned = new Set<string>();

function checkUnsupported(name: string, value: unknown): void {
  if (!Object.hasOwn(UNSUPPORTED, name)) {
    if (!warned.has(name)) console.warn(`generation settings: ${shorten(name)} is unknown and is not read`);
    warned.add(name);
    return;
  }
  if (UNSUPPORTED[name]!.includes(Array.isArray(value) ? JSON.stringify(value) : value)) return;
  throw new SequiturError({
    where: 'generation settings',
    expected: `settings among ${Object.keys(SETTINGS).join(', ')}`,
    got: `${name} = ${showValue(value)}`,
  });
}
