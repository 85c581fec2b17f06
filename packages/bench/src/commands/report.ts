import { parseArgs } from 'node:util';
import { SequiturError } from '@sequitur/core';
import { readRecords } from '../scaling/results-file.js';
import { present } from './present.js';

export const reportHelp = `bench report <results> [--report <path>]: the table and the report of results that are there
`;

export async function report(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { report: { type: 'string' } },
    allowPositionals: true,
  });
  const [results] = positionals;
  if (!results) throw new SequiturError({ where: 'bench report', expected: 'a file of results', got: 'none' });
  const records = await readRecords(results);
  if (records.length > 0) return present(records, values.report ?? results.replace(/(\.jsonl)?$/, '.html'));
  throw new SequiturError({ where: results, expected: 'results of a sweep', got: 'an empty file, or none' });
}
