import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SequiturError } from '@sequitur/core';
import * as v from 'valibot';
import { type ResultRecord, recordSchema } from './records.js';

/** Adds a line. A line is whole or, where the process was killed on the way, without its end. */
export async function appendRecord(path: string, record: ResultRecord): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, `${JSON.stringify(record)}\n`);
}

/**
 * Reads a results file. A last line without an end is what an interruption leaves: it is cut off the file. An empty list
 * where there is no file.
 *
 * @throws SequiturError naming the file and the number of the first line that is corrupt
 */
export async function readRecords(path: string): Promise<ResultRecord[]> {
  const text = await textOf(path);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) await writeFile(path, whole);
  return parseRecords(whole, path);
}

/** Checks every line; see {@link readRecords}. */
export function parseRecords(text: string, where: string): ResultRecord[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, index) => parseLine(line, `${where}, line ${index + 1}`));
}

function parseLine(line: string, where: string): ResultRecord {
  const parsed = v.safeParse(recordSchema, jsonOf(line, where));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const path = v.getDotPath(issue);
  throw corrupt(where, `${path ? `${path}: ` : ''}${issue.message}`);
}

function jsonOf(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw corrupt(where, (error as Error).message);
  }
}

function corrupt(where: string, got: string): SequiturError {
  return new SequiturError({
    where,
    expected: 'a record of a sweep',
    got,
    fix: 'Take the line out, and its point is measured again; or start a new file',
  });
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return '';
    throw error;
  }
}
