import { SequiturError } from '@sequitur/core';
import * as v from 'valibot';
import { type ResultRecord, recordSchema } from './records.js';

/**
 * The records of a results file, one for each line.
 *
 * @throws SequiturError naming `where` and the number of the first line that is corrupt
 */
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
    fix: 'Remove the line, and its point is measured again; or start a new file',
  });
}
