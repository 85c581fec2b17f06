import { Template } from '@huggingface/jinja';
import { SequiturError } from '@sequitur/core';
import type { Tokenizer } from '@sequitur/text';

/** One turn of a conversation. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant' | (string & {});
  readonly content: string;
}

/** Writes a conversation as the text that a model was trained on. */
export type ChatTemplate = (messages: readonly Message[], options: { readonly forAnswer: boolean }) => string;

/**
 * A template in Jinja, as checkpoints carry it.
 *
 * @param source the template; it is given `messages`, `add_generation_prompt`, and `variables`
 * @throws SequiturError where the template cannot be read, or refuses the messages
 */
export function jinjaTemplate(source: string, variables: Readonly<Record<string, unknown>> = {}): ChatTemplate {
  const template = attempt(() => new Template(source));
  return (messages, { forAnswer }) =>
    attempt(() => template.render({ ...variables, messages, add_generation_prompt: forAnswer }));
}

/** The template that a tokenizer's files hold, or null where they hold none. */
export function templateOf(tokenizer: Tokenizer): ChatTemplate | null {
  const files = tokenizer.files();
  const config = (files['tokenizer_config.json'] ?? {}) as Readonly<Record<string, unknown>>;
  const source = files['chat_template.jinja'] ?? defaultOf(config.chat_template);
  if (typeof source !== 'string') return null;
  const tokens = ['bos_token', 'eos_token', 'unk_token', 'pad_token'].map((name) => [name, spelling(config[name])]);
  return jinjaTemplate(source, Object.fromEntries(tokens.filter(([, token]) => token !== undefined)));
}

/** A file may hold one template, or several by name. */
function defaultOf(template: unknown): unknown {
  if (!Array.isArray(template)) return template;
  return (template as { name?: string; template?: string }[]).find(({ name }) => name === 'default')?.template;
}

function spelling(token: unknown): string | undefined {
  const content = typeof token === 'object' && token !== null ? (token as { content?: unknown }).content : token;
  return typeof content === 'string' ? content : undefined;
}

function attempt<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error);
    throw new SequiturError({ where: 'chat template', expected: 'a text for these messages', got }, { cause: error });
  }
}
