import { SequiturError, shorten, showValue } from '@sequitur/core';

/** Maximum depth of nested sequences; files have one or two. */
const DEEPEST = 20;

/** The attributes of a JSON object, checked when they are read. */
export class Fields {
  readonly where: string;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #depth: number;

  /** @throws SequiturError if the value is not an object, or is nested too deeply */
  constructor(value: unknown, where: string, depth = 0) {
    if (depth > DEEPEST) {
      const got = `${shorten(where, 60)}, and more`;
      throw new SequiturError({ where: 'tokenizer.json', expected: `at most ${DEEPEST} parts within each other`, got });
    }
    this.#depth = depth;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(where, 'an object', value);
    this.where = where;
    this.#values = value as Record<string, unknown>;
  }

  /** The `type` attribute of a component. */
  get type(): string {
    return this.text('type');
  }

  value(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }

  has(name: string): boolean {
    return (this.value(name) ?? null) !== null;
  }

  text(name: string, fallback?: string): string {
    const value = this.value(name) ?? fallback;
    if (typeof value === 'string') return value;
    throw wrong(`${this.where}, ${name}`, 'a string', value);
  }

  maybeText(name: string): string | undefined {
    return this.has(name) ? this.text(name) : undefined;
  }

  flag(name: string, fallback?: boolean): boolean {
    const value = this.value(name) ?? fallback;
    if (typeof value === 'boolean') return value;
    throw wrong(`${this.where}, ${name}`, 'true or false', value);
  }

  integer(name: string, fallback?: number): number {
    const value = this.value(name) ?? fallback;
    if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
    throw wrong(`${this.where}, ${name}`, 'an integer of at least 0', value);
  }

  list(name: string): readonly unknown[] {
    const value = this.value(name) ?? [];
    if (Array.isArray(value)) return value;
    throw wrong(`${this.where}, ${name}`, 'a list', value);
  }

  child(name: string): Fields {
    return new Fields(this.value(name), `${this.where}, ${name}`, this.#depth + 1);
  }

  children(name: string): Fields[] {
    return this.list(name).map((value, index) => new Fields(value, `${this.where}, ${name} ${index}`, this.#depth + 1));
  }

  /**
   * Refuses a component that would change the ids and is not supported.
   *
   * @throws SequiturError naming it
   */
  refuse(what: string): never {
    throw new SequiturError({
      where: this.where,
      expected: `a ${what} that is supported`,
      got: `'${shorten(String(this.value('type')))}'`,
      fix: 'Save the tokenizer with supported components, or request support for this one',
    });
  }
}

export function wrong(where: string, expected: string, got: unknown): SequiturError {
  return new SequiturError({ where, expected, got: got === undefined ? 'nothing' : showValue(got) });
}
