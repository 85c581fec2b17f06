import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseCsv,
  parseJsonLines,
  parseLabelledTexts,
  parseQuestions,
  parseTaggedSentences,
  parseTranslations,
} from '../src/index.js';

const cells = (content: string, options = {}) => parseCsv(content, options).map((row) => row.cells);

describe('parseCsv', () => {
  const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', 'é', ';'), maxLength: 6 });
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

  it('reads what csv-parse reads, whatever the fields hold', () => {
    const rows = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom(',', ';', '^', ']', '-', '\\', '|'),
        fc.constantFrom('\n', '\r\n'),
        (table, by, end) => {
          const content = table.map((row) => row.map(quoted).join(by)).join(end);
          expect(cells(content, { delimiter: by })).toEqual(table);
          expect(parse(content, { delimiter: by, relax_column_count: true })).toEqual(table);
        },
      ),
    );
  });

  it('reads plain fields as csv-parse does', () => {
    const plain = fc.string({ unit: fc.constantFrom('a', ' ', 'é', "'"), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(fc.array(plain, { minLength: 1, maxLength: 3 }), { maxLength: 4 }), (table) => {
        const content = `\uFEFF${table.map((row) => row.join(',')).join('\n\n')}\n`;
        const options = { bom: true, relax_column_count: true, skip_empty_lines: true };
        expect(cells(content)).toEqual(parse(content, options));
      }),
    );
  });

  it('tells the line in which each row begins', () => {
    expect(parseCsv('a,"b\nc"\r\n\n""\nd')).toEqual([
      { cells: ['a', 'b\nc'], line: 1 },
      { cells: [''], line: 4 },
      { cells: ['d'], line: 5 },
    ]);
    expect(cells('a\t"b\n', { delimiter: '\t' })).toEqual([['a', '"b']]);
    expect(cells('a,\n,b,')).toEqual([
      ['a', ''],
      ['', 'b', ''],
    ]);
  });

  it('refuses open quotes, what follows a quote, and options', () => {
    expect(() => parseCsv('a\n"b\nc', { name: 'x.csv' })).toThrow(/x\.csv, line 2: expected a quote that is closed/);
    expect(() => parseCsv('a\n"b"c,d')).toThrow(/the data, line 2: expected a delimiter.*got "c,d"/);
    for (const delimiter of ['', '"', '\n', ',,']) expect(() => parseCsv('', { delimiter })).toThrow(/delimiter/);
    expect(() => parseCsv('', { separator: ';' } as never)).toThrow(/separator/);
  });

  it('reads a field of a million characters', () => {
    expect(cells(`"${'a""'.repeat(500_000)}",b`)[0]![1]).toBe('b');
  });
});

it('parseLabelledTexts finds columns by name', () => {
  expect(parseLabelledTexts('id,category,text\n1,card,"Where,\nis ""it""?"\n')).toEqual([
    { text: 'Where,\nis "it"?', label: 'card' },
  ]);
  expect(parseLabelledTexts('x\t1\n', { delimiter: '\t', columns: ['text', 'label'] })).toEqual([
    { text: 'x', label: '1' },
  ]);
  expect(() => parseLabelledTexts('text,label\nyes,1\nno,0,1\n')).toThrow(/line 3: expected 2 columns.*got 3/);
  expect(() => parseLabelledTexts('text,label\nno,\n')).toThrow(/line 2.*no label/);
  expect(() => parseLabelledTexts('')).toThrow(/a header.*an empty file/);
});

it('parseJsonLines names the line that is no object', () => {
  expect(parseJsonLines('{"a": 1}\r\n\n{"b": [2]}\n')).toEqual([
    { value: { a: 1 }, line: 1 },
    { value: { b: [2] }, line: 3 },
  ]);
  for (const line of ['[1]', '{"a"', '3', 'null']) {
    expect(() => parseJsonLines(`{}\n${line}`, { name: 'x.jsonl' })).toThrow(
      /x\.jsonl, line 2: expected a JSON object/,
    );
  }
});

it('parseTaggedSentences reads columns in BIO, BILOU and IOBES', () => {
  expect(
    parseTaggedSentences('-DOCSTART- -X- O O\n\nU.N. NNP U-org\nsays VBZ O\n\n\nNew\tB-place\nYork\tE-place'),
  ).toEqual([
    { words: ['U.N.', 'says'], tags: ['B-org', 'O'] },
    { words: ['New', 'York'], tags: ['B-place', 'I-place'] },
  ]);
  expect(() => parseTaggedSentences('one O\ntwo', { name: 'x' })).toThrow(/x, line 2: .*got two alone/);
  expect(() => parseTaggedSentences('one place')).toThrow(/the tag place/);
  expect(() => parseTaggedSentences('\n')).toThrow(/expected sentences, got none/);
});

it('parseQuestions counts answers in UTF-16 code units', () => {
  const context = '🐳 The white whale swam past Nantucket in May.';
  const squad = (answer: object, rest = {}) =>
    JSON.stringify({
      data: [{ title: 'W', paragraphs: [{ context, qas: [{ question: '?', answers: [answer], ...rest }] }] }],
    });
  const [document] = parseQuestions(squad({ text: 'Nantucket', answer_start: 28 }));
  expect(document).toMatchObject({ title: 'W', questions: [{ answers: [{ text: 'Nantucket', start: 29 }] }] });
  expect(parseQuestions(squad({}, { is_impossible: true }))[0]!.questions[0]!.answers).toEqual([]);
  expect(() => parseQuestions(squad({ text: 'Nantucket', answer_start: 3 }))).toThrow(/qas\[0\]\.answers\[0\]/);
  for (const broken of ['{', '{}', '{"data": [1]}', '{"data": [{}]}']) expect(() => parseQuestions(broken)).toThrow();
});

it('parseTranslations gathers the translations of one source', () => {
  const wanted = [
    { source: 'a', targets: ['x', 'y'] },
    { source: 'b', targets: ['z'] },
  ];
  expect(parseTranslations('a\tx\na\ty\nb\tz\n')).toEqual(wanted);
  expect(parseTranslations(['a\na\r\nb', 'x\ny\nz\n'])).toEqual(wanted);
  expect(() => parseTranslations('a\tx\nb', { name: 'p.tsv' })).toThrow(/p\.tsv, line 2: .*tab.*got "b"/);
  expect(() => parseTranslations(['a\nb', 'x'])).toThrow(/as many lines.*got 2 and 1/);
  expect(() => parseTranslations('a\t \n')).toThrow(/line 1.*blank/);
  expect(() => parseTranslations('')).toThrow(/at least one line/);
});
