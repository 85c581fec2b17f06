import { checkOptions, option, optionsOf } from '@sequitur/core';
import { dataError, shownValue } from './data-error.js';
import { type DataOptions, dataRules, UNNAMED } from './data-options.js';

export interface CsvOptions extends DataOptions {
  /** The character between fields; default a comma, with tabs `\t`. */
  readonly delimiter?: string | undefined;
  /** Whether fields in quotes may hold delimiters, line ends and doubled quotes; default true, with tabs false. */
  readonly quotes?: boolean | undefined;
}

/** A row of a table. */
export interface CsvRow {
  readonly cells: readonly string[];
  /** The line of the file that it begins in, from 1. */
  readonly line: number;
}

const aCharacter = option.kind('one character other than a quote and a line end', (value) => {
  return typeof value === 'string' && value.length === 1 && !/["\r\n]/.test(value);
});

export const csvRules = {
  ...dataRules,
  delimiter: option.optional(aCharacter),
  quotes: option.optional(option.flag),
};

const csvOptions = optionsOf<CsvOptions>(csvRules);

/**
 * Parses comma-separated values (RFC 4180) or a table with tabs into rows. Empty lines and a byte order mark are
 * skipped.
 *
 * @throws SequiturError with the line, for a quote that is not closed or followed by anything but a delimiter
 */
export function parseCsv(content: string, options: CsvOptions = {}): CsvRow[] {
  const {
    name = UNNAMED,
    delimiter = ',',
    quotes = delimiter !== '\t',
  } = checkOptions('parseCsv', csvOptions, options);
  const reader = new CsvReader(content.replace(/^\uFEFF/, ''), { name, delimiter, quotes });
  const rows: CsvRow[] = [];
  for (let row = reader.row(); row; row = reader.row()) {
    if (row.cells.length > 1 || row.cells[0] !== '' || row.isQuoted) rows.push({ cells: row.cells, line: row.line });
  }
  return rows;
}

type ResolvedOptions = { readonly [Name in keyof CsvOptions]-?: NonNullable<CsvOptions[Name]> };

class CsvReader {
  readonly #content: string;
  readonly #options: ResolvedOptions;
  readonly #plain: RegExp;
  #at = 0;
  #line = 1;

  constructor(content: string, options: ResolvedOptions) {
    this.#content = content;
    this.#options = options;
    const delimiter = options.delimiter.replace(/[\\\]^-]/, '\\$&');
    this.#plain = new RegExp(`[^${delimiter}\\r\\n]*`, 'y');
  }

  /** The next row; null at the end. */
  row(): (CsvRow & { readonly isQuoted: boolean }) | null {
    if (this.#at >= this.#content.length) return null;
    const [line, cells] = [this.#line, [] as string[]];
    let isQuoted = false;
    do {
      const begins = this.#options.quotes && this.#content[this.#at] === '"';
      isQuoted ||= begins;
      cells.push(begins ? this.#quoted() : this.#match(this.#plain)!);
    } while (this.#skip(this.#options.delimiter));
    if (this.#at < this.#content.length && this.#match(LINE_END) === null) {
      const [got] = /^.{0,20}/.exec(this.#content.slice(this.#at))!;
      throw this.#error(this.#line, 'a delimiter or the end of the line after a quote', shownValue(got));
    }
    this.#line++;
    return { cells, line, isQuoted };
  }

  /** A field in quotes, without them. */
  #quoted(): string {
    const begins = this.#line;
    const found = this.#match(QUOTED);
    if (found === null) throw this.#error(begins, 'a quote that is closed', 'the end of the file in it');
    this.#line += found.split(/\r\n|\r|\n/).length - 1;
    return found.slice(1, -1).replaceAll('""', '"');
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#content);
    if (!found) return null;
    this.#at = pattern.lastIndex;
    return found[0];
  }

  #skip(character: string): boolean {
    if (this.#content[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #error(line: number, expected: string, got: string) {
    return dataError(`${this.#options.name}, line ${line}`, expected, got);
  }
}

const QUOTED = /"[^"]*(?:""[^"]*)*"/y;
const LINE_END = /\r\n|\r|\n/y;
