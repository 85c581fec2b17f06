import { SequiturError } from '@sequitur/core';
import type { AddedToken } from '../added-tokens.js';
import type { TokenDeclaration, TokenRole, TokenSettings } from '../readers/token-settings.js';
import type { Template, TemplateItem } from '../template.js';
import type { Vocabulary } from '../vocabulary.js';

type Json = Readonly<Record<string, unknown>>;
type Roles = Partial<Record<TokenRole, TokenDeclaration>>;

/**
 * The content of `tokenizer.json` with the overrides of `tokenizer_config.json`, as in Python's fast tokenizers: case,
 * accents and Chinese characters in BERT's normalizer, and the leading space of a byte-level pre-tokenizer.
 */
export function obeySettings(content: object, settings: TokenSettings): object {
  const { normalizer, pre_tokenizer, post_processor } = content as Json;
  return {
    ...content,
    normalizer: changed(normalizer, ['BertNormalizer'], {
      lowercase: settings.choice('do_lower_case'),
      strip_accents: settings.states('strip_accents') ? (settings.choice('strip_accents') ?? null) : undefined,
      handle_chinese_chars: settings.choice('tokenize_chinese_chars'),
    }),
    pre_tokenizer: changed(pre_tokenizer, ['ByteLevel'], { add_prefix_space: settings.choice('add_prefix_space') }),
    post_processor: changed(post_processor, ['RobertaProcessing'], { trim_offsets: settings.choice('trim_offsets') }),
  };
}

/** A component of one of these types with other attributes; undefined attributes are kept. */
function changed(part: unknown, types: readonly string[], attributes: Json): unknown {
  if (typeof part !== 'object' || part === null || !types.includes(String((part as Json).type))) return part;
  return { ...part, ...Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)) };
}

/**
 * The added tokens of `tokenizer.json` and those of the settings, whose attributes take precedence. A token without an
 * id gets the one in the vocabulary, or the next free one.
 */
export function withDeclaredTokens(
  listed: readonly AddedToken[],
  vocabulary: Vocabulary,
  settings: TokenSettings,
): AddedToken[] {
  const tokens = new Map(listed.map((token) => [token.content, token]));
  let next = listed.reduce((size, { id }) => Math.max(size, id + 1), vocabulary.size);
  const idOf = (content: string) => tokens.get(content)?.id ?? vocabulary.idOf(content) ?? next++;
  for (const token of [...settings.decoded].sort((a, b) => a.id - b.id)) {
    tokens.set(token.content, { ...token, id: idOf(token.content) });
  }
  for (const token of [...Object.values(settings.roles({})), ...(settings.additional ?? [])]) {
    if (!tokens.has(token.content)) tokens.set(token.content, { ...token, id: idOf(token.content) });
  }
  return [...tokens.values()];
}

/** Classes whose begin and end tokens depend on `add_bos_token` and `add_eos_token`. */
const BRACKETING = ['', 'Llama', 'CodeLlama', 'Gemma', 'Cohere', 'GPTNeoX', 'PreTrained', 'TokenizersBackend'];

/** The template with or without begin and end tokens, by `add_bos_token` and `add_eos_token`. */
export function obeyEnds(
  template: Template,
  settings: TokenSettings,
  roles: Roles,
  idOf: (content: string) => number | undefined,
): Template {
  if (!BRACKETING.includes(settings.className.replace(/Tokenizer$/, ''))) return template;
  const begun = obeyEnd(template, 'begin', settings.choice('add_bos_token'), roles, idOf);
  return obeyEnd(begun, 'end', settings.choice('add_eos_token'), roles, idOf);
}

function obeyEnd(
  template: Template,
  role: 'begin' | 'end',
  wanted: boolean | undefined,
  roles: Roles,
  idOf: (content: string) => number | undefined,
): Template {
  if (wanted === undefined) return template;
  const content = roles[role]?.content;
  const id = content === undefined ? undefined : idOf(content);
  if (id === undefined) {
    if (!wanted) return template;
    const name = role === 'begin' ? 'bos' : 'eos';
    throw new SequiturError({
      where: `tokenizer_config.json, add_${name}_token`,
      expected: `a ${name}_token to add`,
      got: 'none',
    });
  }
  const change = wanted ? added : removed;
  return { single: change(template.single, role, id), pair: change(template.pair, role, id) };
}

function isAt(items: readonly TemplateItem[], index: number, role: 'begin' | 'end', id: number): boolean {
  const item = items[index]!;
  const neighbour = items[role === 'begin' ? index + 1 : index - 1];
  return 'token' in item && item.token === id && neighbour !== undefined && 'sequence' in neighbour;
}

function added(items: readonly TemplateItem[], role: 'begin' | 'end', id: number): readonly TemplateItem[] {
  if (items.some((_, index) => isAt(items, index, role, id))) return items;
  return items.flatMap((item) => {
    if ('token' in item) return [item];
    const token = { token: id, typeId: item.typeId };
    return role === 'begin' ? [token, item] : [item, token];
  });
}

function removed(items: readonly TemplateItem[], role: 'begin' | 'end', id: number): readonly TemplateItem[] {
  return items.filter((_, index) => !isAt(items, index, role, id));
}
