import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseRecords } from './parse-records.js';
import type { ResultRecord } from './records.js';

/** Appends a line. If the process is killed meanwhile, the line has no end of line. */
export async function appendRecord(path: string, record: ResultRecord): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, `${JSON.stringify(record)}\n`);
}

/**
 * Reads a results file; a missing file gives an empty list. A last line without an end is the result of an interruption
 * and is removed from the file.
 *
 * @throws SequiturError naming the file and the number of the first line that is corrupt
 */
export async function readRecords(path: string): Promise<ResultRecord[]> {
  const text = await textOf(path);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) await writeFile(path, whole);
  return parseRecords(whole, path);
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return '';
    throw error;
  }
}
