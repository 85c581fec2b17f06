import { basename } from 'node:path';
import { readTextFile } from '@sequitur/recipe';
import { type LabelledText, parseLabelledTexts } from '@sequitur/text';

export type { LabelledText } from '@sequitur/text';

/**
 * Reads a table: comma-separated with quotes (`.csv`), or tab-separated without quotes (`.tsv`).
 *
 * @param columns the column names, if the file has no header
 */
export async function readLabelledTexts(file: string, columns?: readonly string[]): Promise<LabelledText[]> {
  const name = basename(file);
  const delimiter = name.endsWith('.tsv') ? '\t' : ',';
  return parseLabelledTexts(await readTextFile(file), { name, delimiter, columns });
}
