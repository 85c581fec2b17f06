import { checkOptions, option, optionsOf } from '@sequitur/core';
import { type CsvOptions, csvRules, parseCsv } from './csv.js';
import { dataError } from './data-error.js';
import { UNNAMED } from './data-options.js';

export interface LabelledText {
  readonly text: string;
  readonly label: string;
}

export interface LabelledTextOptions extends CsvOptions {
  /** The names of the columns, where the file has no header. */
  readonly columns?: readonly string[] | undefined;
}

const labelledTextOptions = optionsOf<LabelledTextOptions>({
  ...csvRules,
  columns: option.optional(option.listOf(option.text)),
});

/** Known column names in lower case. */
const TEXT = ['text', 'sentence', 'content', 'message', 'question', 'utterance', 'review'];
const LABEL = ['label', 'category', 'class', 'intent', 'sentiment', 'target'];

/**
 * Parses texts with their labels from a table, as `parseCsv` does. The columns of text and label are found by name;
 * with two columns one known name is enough.
 *
 * @throws SequiturError with the line, for a row without text or label or with a different number of columns than the
 *   header
 */
export function parseLabelledTexts(content: string, options: LabelledTextOptions = {}): LabelledText[] {
  const { columns, ...table } = checkOptions('parseLabelledTexts', labelledTextOptions, options);
  const { name = UNNAMED } = table;
  const all = parseCsv(content, table);
  const [heading, rows] = columns ? [columns, all] : [all[0]?.cells ?? [], all.slice(1)];
  const { text, label } = columnsOf(heading, name);
  return rows.map(({ cells, line }) => {
    const where = `${name}, line ${line}`;
    if (cells.length !== heading.length) {
      throw dataError(where, `${heading.length} columns (${heading.join(', ')})`, `${cells.length}`);
    }
    const [words, meaning] = [cells[text]!.trim(), cells[label]!.trim()];
    if (words && meaning) return { text: words, label: meaning };
    throw dataError(where, 'a text and its label', words ? 'no label' : 'no text');
  });
}

function columnsOf(heading: readonly string[], name: string): { readonly text: number; readonly label: number } {
  const find = (names: readonly string[]) => heading.findIndex((cell) => names.includes(cell.trim().toLowerCase()));
  let [text, label] = [find(TEXT), find(LABEL)];
  if (heading.length === 2 && text >= 0 !== label >= 0)
    [text, label] = text >= 0 ? [text, 1 - text] : [1 - label, label];
  if (text >= 0 && label >= 0) return { text, label };
  throw dataError(
    `${name}, line 1`,
    `a header with a column of texts (${TEXT.join(', ')}) and one of labels (${LABEL.join(', ')})`,
    heading.join(', ') || 'an empty file',
  );
}
