import { parseArgs } from 'node:util';
import { SequiturError } from '@sequitur/core';
import { agreement, agreementInWords } from '../report/agreement.js';
import type { ResultRecord } from '../scaling/records.js';
import { readRecords } from '../scaling/results-file.js';
import { present } from './present.js';

export const reportHelp = `bench report <results> [options]: table and report of existing results

  --report <path>        output path of the HTML file (default next to the results)
  --against <results>    compare with a second run of the same sweep, within the spread of both
`;

export async function report(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { report: { type: 'string' }, against: { type: 'string' } },
    allowPositionals: true,
  });
  const [results] = positionals;
  if (!results) throw new SequiturError({ where: 'bench report', expected: 'a file of results', got: 'none' });
  const records = await resultsOf(results);
  if (values.against === undefined) return present(records, values.report ?? results.replace(/(\.jsonl)?$/, '.html'));
  console.log(agreementInWords(agreement(records, await resultsOf(values.against))));
}

async function resultsOf(path: string): Promise<ResultRecord[]> {
  const records = await readRecords(path);
  if (records.length > 0) return records;
  throw new SequiturError({ where: path, expected: 'results of a sweep', got: 'an empty file, or none' });
}
