import { SequiturError, showValue } from '@sequitur/core';
import type { AddedToken } from '../added-tokens.js';
import type { SpecialTokens } from '../tokenizer.js';
import type { Vocabulary } from '../vocabulary.js';

/** A token as files declare it, before it is known which id it has. */
export type TokenDeclaration = Omit<AddedToken, 'id'>;

export type TokenRole = keyof SpecialTokens;

/** Python's names of the roles, in the order in which it gives ids to tokens that a vocabulary lacks. */
const ROLES: readonly (readonly [name: string, role: TokenRole])[] = [
  ['bos_token', 'begin'],
  ['eos_token', 'end'],
  ['unk_token', 'unknown'],
  ['sep_token', 'separator'],
  ['pad_token', 'padding'],
  ['cls_token', 'classification'],
  ['mask_token', 'mask'],
];

/** Most `extra_ids`: T5 has 100, ByT5 125. */
export const MOST_SENTINELS = 10_000;

const FILE = 'tokenizer_config.json';

/** What `tokenizer_config.json` (and `special_tokens_map.json`, `added_tokens.json`) say. */
export class TokenSettings {
  readonly #values: Readonly<Record<string, unknown>>;

  /** @param values later objects win */
  constructor(...values: readonly (object | null | undefined)[]) {
    this.#values = Object.assign({}, ...values);
  }

  /** The values, to be saved again. */
  get values(): object {
    return this.#values;
  }

  /** The class that Python would make of the files, without its `Fast`. */
  get className(): string {
    const name = this.text('tokenizer_class')?.split('.').at(-1) ?? '';
    return name.replace(/Fast$/, '');
  }

  /** @throws SequiturError where the files name a class that reads them in another way than these do */
  requireClass(names: readonly string[]): void {
    const { className } = this;
    if (className === '' || names.includes(className)) return;
    throw new SequiturError({
      where: `${FILE}, tokenizer_class`,
      expected: `${names.join(', ')}, or none, for these files`,
      got: showValue(className),
      fix: 'Put a tokenizer.json into the folder: it says all that the class would do',
    });
  }

  /** True or false, the fallback for null or nothing. @throws SequiturError for any other value */
  flag(name: string, fallback: boolean): boolean {
    return this.choice(name) ?? fallback;
  }

  /** `true` or `false` where the file says so, undefined for null or nothing. */
  choice(name: string): boolean | undefined {
    const value = this.#value(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw wrong(name, 'true or false', value);
  }

  /** Whether the file has the attribute, be it null. */
  states(name: string): boolean {
    return Object.hasOwn(this.#values, name);
  }

  text(name: string): string | undefined {
    const value = this.#value(name);
    if (value === undefined || typeof value === 'string') return value;
    throw wrong(name, 'a string', value);
  }

  /** @throws SequiturError for any value but an integer from 0 to `most` */
  count(name: string, most: number): number | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most) return value as number;
    throw wrong(name, `an integer from 0 to ${most}`, value);
  }

  /** The sides that are padded and cut unless options say otherwise. */
  get sides(): { readonly paddingSide: Side | undefined; readonly truncationSide: Side | undefined } {
    return { paddingSide: this.#side('padding_side'), truncationSide: this.#side('truncation_side') };
  }

  /** @throws SequiturError naming the first of these that is set, since it would change the ids and is not supported */
  refuse(...names: readonly string[]): void {
    for (const name of ['split_special_tokens', ...names]) {
      const value = this.#values[name];
      if (!value || (typeof value === 'object' && Object.keys(value).length === 0)) continue;
      const fix = 'Remove it where the text to be read does not need it';
      throw wrong(name, 'nothing, as this is not supported', value, fix);
    }
  }

  /** The token of each role, the class's own where the files name none; a role may be declared empty by null. */
  roles(defaults: Partial<Record<TokenRole, TokenDeclaration>>): Partial<Record<TokenRole, TokenDeclaration>> {
    this.refuse();
    const roles: Partial<Record<TokenRole, TokenDeclaration>> = {};
    for (const [name, role] of ROLES) {
      const stated = this.states(name);
      const value = this.#values[name];
      const token = stated ? declared(value, true) : defaults[role];
      if (token) roles[role] = token;
      else if (value) throw wrong(name, 'a token', value);
    }
    return roles;
  }

  /** `additional_special_tokens`, or `extra_special_tokens` (a list, or by name), or null where the files do not say. */
  get additional(): readonly TokenDeclaration[] | null {
    const extra = this.#values.extra_special_tokens;
    const named = Array.isArray(extra) ? [] : Object.values(asRecord(extra));
    const listed = this.#values.additional_special_tokens ?? (Array.isArray(extra) ? extra : undefined);
    const tokens = [...(Array.isArray(listed) ? listed : []), ...named];
    return listed === undefined && named.length === 0 ? null : tokens.flatMap((item) => declared(item, true) ?? []);
  }

  /** Added tokens with the ids that the files give them. */
  get fixed(): readonly AddedToken[] {
    const byId = this.decoded.map(({ normalized: _, ...token }) => token);
    const known = new Set(byId.map(({ id }) => id));
    const byContent = Object.entries(asRecord(this.#values.added_tokens))
      .filter(([, id]) => !known.has(Number(id)))
      .map(([content, id]) => ({ content, special: false, id: checkedId(Number(id), content) }));
    return [...byId, ...byContent];
  }

  /** `added_tokens_decoder`: tokens by id, and whether they are looked for in normalized text. */
  get decoded(): readonly AddedToken[] {
    return Object.entries(asRecord(this.#values.added_tokens_decoder)).flatMap(([id, value]) => {
      const token = declared(value, false);
      if (!token) return [];
      const normalized = asRecord(value).normalized === true;
      return [{ ...token, normalized, id: checkedId(Number(id), token.content) }];
    });
  }

  #value(name: string): unknown {
    return (this.states(name) ? this.#values[name] : undefined) ?? undefined;
  }

  #side(name: string): Side | undefined {
    const side = this.text(name);
    if (side === undefined || side === 'left' || side === 'right') return side;
    throw wrong(name, "'left' or 'right'", side);
  }
}

type Side = 'left' | 'right';

function wrong(name: string, expected: string, got: unknown, fix?: string): SequiturError {
  return new SequiturError({ where: `${FILE}, ${name}`, expected, got: showValue(got), ...(fix && { fix }) });
}

/** A token of the simplest kind. */
export function specialToken(content: string, also: Partial<TokenDeclaration> = {}): TokenDeclaration {
  return { content, special: true, ...also };
}

/**
 * Gives ids to tokens: those that files fix, then those of the vocabulary, then the next free ones in order.
 * Each content appears once.
 */
export function withIds(
  vocabulary: Vocabulary,
  tokens: readonly TokenDeclaration[],
  fixed: readonly AddedToken[] = [],
): AddedToken[] {
  const added = new Map(fixed.map((token) => [token.content, token]));
  let next = fixed.reduce((size, { id }) => Math.max(size, id + 1), vocabulary.size);
  for (const token of tokens) {
    const known = added.get(token.content);
    if (known) {
      if (token.special && !known.special) added.set(token.content, { ...known, special: true });
      continue;
    }
    added.set(token.content, { ...token, id: vocabulary.idOf(token.content) ?? next++ });
  }
  return [...added.values()];
}

/** The spelling of each role's token. */
export function spellings(roles: Partial<Record<TokenRole, TokenDeclaration>>): SpecialTokens {
  return Object.fromEntries(Object.entries(roles).map(([role, token]) => [role, token.content]));
}

function declared(value: unknown, special: boolean): TokenDeclaration | null {
  if (typeof value === 'string') return { content: value, special };
  const record = asRecord(value);
  if (typeof record.content !== 'string') return null;
  return {
    content: record.content,
    special: special || record.special === true,
    stripLeft: record.lstrip === true,
    stripRight: record.rstrip === true,
    singleWord: record.single_word === true,
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function checkedId(id: number, content: string): number {
  if (Number.isInteger(id) && id >= 0 && id <= 2 ** 24) return id;
  throw new SequiturError({
    where: 'added tokens',
    expected: 'ids from 0 to 16,777,216',
    got: `${id} for ${showValue(content)}`,
  });
}
