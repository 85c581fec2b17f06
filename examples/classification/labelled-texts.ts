import { basename } from 'node:path';
import { SequiturError } from '@sequitur/core';
import { readTextFile } from '@sequitur/recipe';
import { CsvError, parse } from 'csv-parse/sync';

export interface LabelledText {
  readonly text: string;
  readonly label: string;
}

/** Known column names in lower case. */
const TEXT = ['text', 'sentence', 'content', 'message', 'question', 'utterance', 'review'];
const LABEL = ['label', 'category', 'class', 'intent', 'sentiment', 'target'];

/**
 * Reads a table: comma-separated with quotes (`.csv`), or tab-separated without quotes (`.tsv`). The columns of text
 * and label are found by name; with two columns one known name is enough.
 *
 * @param columns the column names, if the file has no header
 * @throws SequiturError with the line number, for a row without text or label or with a different number of columns
 * than the header
 */
export async function readLabelledTexts(file: string, columns?: readonly string[]): Promise<LabelledText[]> {
  const name = basename(file);
  const table = rowsOf(await readTextFile(file), name);
  const [heading, rows] = columns ? [columns, table] : [table[0]?.cells ?? [], table.slice(1)];
  const { text, label } = columnsOf(heading, name);
  return rows.map(({ cells, line }) => {
    if (cells.length !== heading.length) {
      throw new SequiturError({
        where: `${name}, line ${line}`,
        expected: `${heading.length} columns (${heading.join(', ')})`,
        got: `${cells.length}`,
      });
    }
    const [words, meaning] = [cells[text]!.trim(), cells[label]!.trim()];
    if (words && meaning) return { text: words, label: meaning };
    throw new SequiturError({
      where: `${name}, line ${line}`,
      expected: 'a text and its label',
      got: words ? 'no label' : 'no text',
    });
  });
}

interface TableRow {
  readonly cells: readonly string[];
  readonly line: number;
}

function rowsOf(content: string, name: string): TableRow[] {
  const isTabbed = name.endsWith('.tsv');
  try {
    const rows = parse(content, {
      ...{ bom: true, info: true, skip_empty_lines: true },
      ...(isTabbed ? { delimiter: '\t', quote: null } : { delimiter: ',' }),
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return rows.map(({ record, info }) => ({ cells: record, line: info.lines }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new SequiturError(
      {
        where: `${name}, line ${error.lines}`,
        expected: isTabbed
          ? 'columns separated by tabs'
          : 'columns separated by commas, with quotes around texts that have some',
        got: error.message,
      },
      { cause: error },
    );
  }
}

function columnsOf(heading: readonly string[], name: string): { readonly text: number; readonly label: number } {
  const find = (names: readonly string[]) => heading.findIndex((cell) => names.includes(cell.trim().toLowerCase()));
  let [text, label] = [find(TEXT), find(LABEL)];
  if (heading.length === 2 && text >= 0 !== label >= 0)
    [text, label] = text >= 0 ? [text, 1 - text] : [1 - label, label];
  if (text >= 0 && label >= 0) return { text, label };
  throw new SequiturError({
    where: `${name}, line 1`,
    expected: `a header with a column of texts (${TEXT.join(', ')}) and one of labels (${LABEL.join(', ')})`,
    got: heading.join(', ') || 'an empty file',
  });
}
