import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { analyse } from '../report/analysis.js';
import { htmlReport } from '../report/html.js';
import { textTable } from '../report/table.js';
import { textPlot } from '../report/text-plot.js';
import { inWords } from '../report/words.js';
import type { ResultRecord } from '../scaling/records.js';

/** Prints the table, a plot and the summary, and writes the report. */
export async function present(records: readonly ResultRecord[], report: string): Promise<void> {
  const analysis = analyse(records);
  const { modes } = analysis.sweep.settings;
  console.log(`\n${textTable(analysis)}`);
  const mode = modes.includes('train') ? 'train' : modes[0]!;
  console.log(`\nTime of ${mode} by sequence length, log-log:\n\n${textPlot(analysis, mode)}`);
  console.log(`\n${inWords(analysis)}`);
  await mkdir(dirname(report), { recursive: true });
  await writeFile(report, htmlReport(records));
  console.log(`\nReport: ${relative(process.cwd(), report)}`);
}
