import type { LanguageModelV3CallOptions, SharedV3Warning } from '@ai-sdk/provider';
import type { SayOptions } from '@sequitur/gpt';
import { refused } from './messages.js';

/**
 * The options of a call by the names of Sequitur.
 *
 * @throws SequiturError for tools and JSON output, which no model here guarantees
 */
export function sayOptions(call: LanguageModelV3CallOptions): SayOptions {
  if (call.tools?.length) throw refused('no tools', call.tools.map(({ name }) => name).join(', '));
  if (call.responseFormat?.type === 'json') throw refused('a response of text', 'one of JSON');
  const given = {
    maxTokens: call.maxOutputTokens,
    temperature: call.temperature,
    topP: call.topP,
    topK: call.topK,
    presencePenalty: call.presencePenalty,
    frequencyPenalty: call.frequencyPenalty,
    seed: call.seed,
    stop: call.stopSequences?.length ? call.stopSequences : undefined,
    signal: call.abortSignal,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Warnings of settings that have no effect on a local model. */
export function warningsOf({ headers }: LanguageModelV3CallOptions): SharedV3Warning[] {
  const own = Object.keys(headers ?? {}).filter((name) => name.toLowerCase() !== 'user-agent');
  return own.length ? [{ type: 'unsupported', feature: 'headers', details: 'there is no request' }] : [];
}
