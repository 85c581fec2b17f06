import { checkArgument, option, SequiturError, showValue } from '@sequitur/core';
import type { AddedToken } from '../added-tokens.js';
import type { SpecialTokens } from '../tokenizer.js';
import type { Vocabulary } from '../vocabulary.js';

/** An added token as declared in files, before its id is known. */
export type TokenDeclaration = Omit<AddedToken, 'id'>;

export type TokenRole = keyof SpecialTokens;

/** Python's names of the roles, in the order in which it assigns ids to tokens outside the vocabulary. */
const ROLES: readonly (readonly [name: string, role: TokenRole])[] = [
  ['bos_token', 'begin'],
  ['eos_token', 'end'],
  ['unk_token', 'unknown'],
  ['sep_token', 'separator'],
  ['pad_token', 'padding'],
  ['cls_token', 'classification'],
  ['mask_token', 'mask'],
];

/** Maximum of `extra_ids`: T5 has 100, ByT5 125. */
export const MOST_SENTINELS = 10_000;

const FILE = 'tokenizer_config.json';

/** The settings in `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json`. */
export class TokenSettings {
  readonly #values: Readonly<Record<string, unknown>>;

  /** @param values later objects take precedence */
  constructor(...values: readonly (object | null | undefined)[]) {
    this.#values = Object.assign({}, ...values);
  }

  /** The values, for saving. */
  get values(): object {
    return this.#values;
  }

  /** The tokenizer class in Python, without `Fast`. */
  get className(): string {
    const name = this.text('tokenizer_class')?.split('.').at(-1) ?? '';
    return name.replace(/Fast$/, '');
  }

  /**
   * Checks the tokenizer class.
   *
   * @throws SequiturError where the files name one that reads them differently
   */
  requireClass(names: readonly string[]): void {
    const { className } = this;
    if (className === '' || names.includes(className)) return;
    throw new SequiturError({
      where: `${FILE}, tokenizer_class`,
      expected: `${names.join(', ')}, or none, for these files`,
      got: showValue(className),
      fix: 'Put a tokenizer.json into the folder, which describes the behaviour of the class',
    });
  }

  /**
   * A boolean setting; null and undefined give the fallback.
   *
   * @throws SequiturError for any other value
   */
  flag(name: string, fallback: boolean): boolean {
    return this.choice(name) ?? fallback;
  }

  /** A boolean setting; null and undefined give undefined. */
  choice(name: string): boolean | undefined {
    const value = this.#value(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw wrong(name, 'true or false', value);
  }

  /** Whether the file has the attribute, even if it is null. */
  states(name: string): boolean {
    return Object.hasOwn(this.#values, name);
  }

  text(name: string): string | undefined {
    const value = this.#value(name);
    if (value === undefined || typeof value === 'string') return value;
    throw wrong(name, 'a string', value);
  }

  /**
   * A count, undefined where the setting is absent.
   *
   * @throws SequiturError for any other value than an integer from 0 to `most`
   */
  count(name: string, most: number): number | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most) return value as number;
    throw wrong(name, `an integer from 0 to ${most}`, value);
  }

  /** The default sides of padding and truncation. */
  get sides(): { readonly paddingSide: Side | undefined; readonly truncationSide: Side | undefined } {
    return { paddingSide: this.#side('padding_side'), truncationSide: this.#side('truncation_side') };
  }

  /**
   * Refuses settings that would change the ids and are not supported.
   *
   * @throws SequiturError naming the first of them that is set
   */
  refuse(...names: readonly string[]): void {
    for (const name of ['split_special_tokens', ...names]) {
      const value = this.#values[name];
      if (!value || (typeof value === 'object' && Object.keys(value).length === 0)) continue;
      const fix = 'Remove it if your text does not need it';
      throw wrong(name, 'no value, since this setting is not supported', value, fix);
    }
  }

  /** The token of each role, the default of the class where the files name none; null means that there is none. */
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

  /** `additional_special_tokens` or `extra_special_tokens` (a list, or by name); null where neither is set. */
  get additional(): readonly TokenDeclaration[] | null {
    const extra = this.#values.extra_special_tokens;
    const named = Array.isArray(extra) ? [] : Object.values(asRecord(extra));
    const listed = this.#values.additional_special_tokens ?? (Array.isArray(extra) ? extra : undefined);
    const tokens = [...(Array.isArray(listed) ? listed : []), ...named];
    return listed === undefined && named.length === 0 ? null : tokens.flatMap((item) => declared(item, true) ?? []);
  }

  /** Added tokens with ids from the files. */
  get fixed(): readonly AddedToken[] {
    const byId = this.decoded.map(({ normalized: _, ...token }) => token);
    const known = new Set(byId.map(({ id }) => id));
    const byContent = Object.entries(asRecord(this.#values.added_tokens))
      .filter(([, id]) => !known.has(Number(id)))
      .map(([content, id]) => ({ content, special: false, id: checkedId(Number(id), content) }));
    return [...byId, ...byContent];
  }

  /** `added_tokens_decoder`: added tokens by id. */
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

/** @throws SequiturError where settings are plain values */
export function checkSettings(where: string, settings: TokenSettings): void {
  const rule = option.kind('settings: new TokenSettings({ ... })', (value) => value instanceof TokenSettings);
  checkArgument(`${where}, settings`, rule, settings);
}

/** A plain special token. */
export function specialToken(content: string, also: Partial<TokenDeclaration> = {}): TokenDeclaration {
  return { content, special: true, ...also };
}

/**
 * Assigns ids to tokens: those in files, then those of the vocabulary, then the next free ones in order. Duplicates are
 * removed.
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

/** The string of each role's token. */
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
