import { SequiturError } from '@sequitur/core';
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
    const name = this.text('tokenizer_class') ?? '';
    return name.replace(/Fast$/, '');
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.#values[name];
    return typeof value === 'boolean' ? value : fallback;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  number(name: string): number | undefined {
    const value = this.#values[name];
    return typeof value === 'number' ? value : undefined;
  }

  /** `true` or `false` where the file says so, undefined for null or nothing. */
  choice(name: string): boolean | undefined {
    const value = this.#values[name];
    return typeof value === 'boolean' ? value : undefined;
  }

  /** @throws SequiturError naming the first of these that is set, since it would change the ids and is not supported */
  refuse(...names: readonly string[]): void {
    for (const name of ['split_special_tokens', ...names]) {
      const value = this.#values[name];
      if (!value || (Array.isArray(value) && value.length === 0)) continue;
      throw new SequiturError({
        where: `tokenizer_config.json, ${name}`,
        expected: 'nothing, as this is not supported',
        got: JSON.stringify(value).slice(0, 60),
        fix: 'Remove it where the text to be read does not need it',
      });
    }
  }

  /** The token of each role, the class's own where the files name none; a role may be declared empty by null. */
  roles(defaults: Partial<Record<TokenRole, TokenDeclaration>>): Partial<Record<TokenRole, TokenDeclaration>> {
    this.refuse();
    const roles: Partial<Record<TokenRole, TokenDeclaration>> = {};
    for (const [name, role] of ROLES) {
      const stated = Object.hasOwn(this.#values, name);
      const token = stated ? declared(this.#values[name], true) : defaults[role];
      if (token) roles[role] = token;
    }
    return roles;
  }

  /** `additional_special_tokens`, or null where the files do not say. */
  get additional(): readonly TokenDeclaration[] | null {
    const value = this.#values.additional_special_tokens ?? this.#values.extra_special_tokens;
    return Array.isArray(value) ? value.flatMap((item) => declared(item, true) ?? []) : null;
  }

  /** Added tokens with the ids that the files give them. */
  get fixed(): readonly AddedToken[] {
    const byId = Object.entries(asRecord(this.#values.added_tokens_decoder)).flatMap(([id, value]) => {
      const token = declared(value, false);
      return token ? [{ ...token, id: checkedId(Number(id), token.content) }] : [];
    });
    const known = new Set(byId.map(({ id }) => id));
    const byContent = Object.entries(asRecord(this.#values.added_tokens))
      .filter(([, id]) => !known.has(Number(id)))
      .map(([content, id]) => ({ content, special: false, id: checkedId(Number(id), content) }));
    return [...byId, ...byContent];
  }
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
    got: `${id} for '${content}'`,
  });
}
