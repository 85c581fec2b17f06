import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseRecords } from './parse-records.js';
import type { ResultRecord } from './records.js';

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

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return '';
    throw error;
  }
}
