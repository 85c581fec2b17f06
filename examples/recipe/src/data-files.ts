import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { SequiturError } from '@sequitur/core';

/** A line of a file, and a function for errors in it. */
export interface Line {
  readonly text: string;
  /** Line number, from 1. */
  readonly number: number;
  /** The error for this line: `throw line.error('two fields with a tab between', 'one')`. */
  error(expected: string, got: string): SequiturError;
}

/**
 * Reads a text file, plain or gzip.
 *
 * @throws SequiturError if it cannot be read or is not UTF-8 text
 */
export async function readTextFile(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw badFile(path, 'a file that can be read', error.code === 'ENOENT' ? 'none with this name' : error.message);
  });
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const plain = isGzip ? unpacked(bytes, path) : bytes;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch {
    throw badFile(path, 'text in UTF-8', 'bytes that are not UTF-8');
  }
}

/**
 * Reads the lines of a text file, plain or gzip, without line ends; an empty last line is dropped.
 *
 * @throws SequiturError as `readTextFile`, and if there is no line
 */
export async function readLines(path: string): Promise<Line[]> {
  const texts = (await readTextFile(path)).split(/\r?\n/);
  if (texts.at(-1) === '') texts.pop();
  if (texts.length === 0) throw badFile(path, 'at least one line', 'an empty file');
  return texts.map((text, index) => ({
    text,
    number: index + 1,
    error: (expected, got) => badFile(`${path}, line ${index + 1}`, expected, got),
  }));
}

/**
 * The fields of a tab-separated line.
 *
 * @throws SequiturError if their number differs or one is blank
 */
export function fieldsOf(line: Line, count: number): string[] {
  const fields = line.text.split('\t');
  const expected = `${count} fields with a tab between them`;
  if (fields.length !== count) throw line.error(expected, `${fields.length}: ${shown(line.text)}`);
  const blank = fields.findIndex((field) => field.trim() === '');
  if (blank >= 0) throw line.error(expected, `nothing in field ${blank + 1}`);
  return fields;
}

/**
 * The JSON object of a line.
 *
 * @throws SequiturError if the line is not a JSON object
 */
export function objectOf(line: Line): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch {
    throw line.error('a JSON object', shown(line.text));
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw line.error('a JSON object', shown(line.text));
}

/** The error for a data file, or a place in it. */
export function badFile(where: string, expected: string, got: string, fix?: string): SequiturError {
  return new SequiturError({ where, expected, got, ...(fix !== undefined && { fix }) });
}

/** The beginning of a string, for messages. */
function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function unpacked(bytes: Uint8Array, path: string): Uint8Array {
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw badFile(path, 'a whole gzip file', (error as Error).message);
  }
}
