import type { Tokenizer } from '@sequitur/text';

/** One turn of a conversation. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant' | (string & {});
  readonly content: string;
}

/** Formats a conversation as the text that a model was trained on. */
export type ChatTemplate = (
  messages: readonly Message[],
  options: { readonly forAnswer: boolean },
) => string | Promise<string>;

/** A template in Jinja, and the values of its variables. */
export interface TemplateSource {
  readonly source: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The chat template in a tokenizer's files, or null where there is none. */
export function templateSource(tokenizer: Tokenizer): TemplateSource | null {
  const files = tokenizer.files();
  const config = (files['tokenizer_config.json'] ?? {}) as Readonly<Record<string, unknown>>;
  const source = files['chat_template.jinja'] ?? defaultOf(config.chat_template);
  if (typeof source !== 'string') return null;
  const tokens = TOKENS.map((name) => [name, spelling(config[name])]);
  return { source, variables: Object.fromEntries(tokens.filter(([, token]) => token !== undefined)) };
}

const TOKENS = ['bos', 'eos', 'unk', 'sep', 'pad', 'cls', 'mask'].map((name) => `${name}_token`);

/** The default template: a file has one template, or several by name. */
function defaultOf(template: unknown): unknown {
  if (!Array.isArray(template)) return template;
  return (template as ({ name?: string; template?: string } | null)[]).find((each) => each?.name === 'default')
    ?.template;
}

function spelling(token: unknown): string | undefined {
  const content = typeof token === 'object' && token !== null ? (token as { content?: unknown }).content : token;
  return typeof content === 'string' ? content : undefined;
}
