import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLabelledSets } from '../labelled-sets.js';
import { readLabelledTexts } from '../labelled-texts.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'labelled-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(name: string, content: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

describe('labelled texts', () => {
  it('are read from columns in any order, with quotes and line ends in texts', async () => {
    const file = await fileOf('a.csv', 'id,category,text\n1,card,"Where, oh where,\nis ""it""?"\n2,cash,Here\n');
    expect(await readLabelledTexts(file)).toEqual([
      { text: 'Where, oh where,\nis "it"?', label: 'card' },
      { text: 'Here', label: 'cash' },
    ]);
  });

  it('are read from tabs without quotes, if one of two columns is known', async () => {
    const file = await fileOf('b.tsv', 'label\tphrase\r\n0\t"one\r\n1\ttwo\r\n');
    expect(await readLabelledTexts(file)).toEqual([
      { text: '"one', label: '0' },
      { text: 'two', label: '1' },
    ]);
  });

  it('are read without a header if the columns are named', async () => {
    const file = await fileOf('e.tsv', 'greet\thello\nleave\tbye\n');
    expect(await readLabelledTexts(file, ['label', 'text'])).toEqual([
      { text: 'hello', label: 'greet' },
      { text: 'bye', label: 'leave' },
    ]);
    await expect(readLabelledTexts(file, ['label', 'text', 'id'])).rejects.toThrow(
      /e\.tsv, line 1: expected 3 columns/,
    );
  });

  it.each([
    ['no label', 'text,label\nyes,1\nno,\n', /c\.csv, line 3: expected a text and its label, got no label/],
    ['an extra column', 'text,label\nyes,1\nno,0,1\n', /c\.csv, line 3: expected 2 columns.*got 3/],
    ['an open quote', 'text,label\nyes,1\n"no,0\n', /c\.csv, line 3.*[Qq]uote/],
    ['no known header', 'a,b\nyes,1\n', /c\.csv, line 1: expected a header.*got a, b/],
  ])('are refused with the line: %s', async (_, content, message) => {
    await expect(readLabelledTexts(await fileOf('c.csv', content))).rejects.toThrow(message);
  });

  it('come in sets, without an unlabelled test set', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `${index % 2}\ttext ${index}`);
    await fileOf('train.tsv', ['label\tsentence', ...lines].join('\n'));
    await fileOf('dev.tsv', ['label\tcontent', '0\tdev a', '1\tdev b'].join('\n'));
    await fileOf('test.tsv', ['label\tcontent', '0\ttest a', '0\ttest b'].join('\n'));
    const { training, validation, test, labels } = await readLabelledSets(folder, '1');
    expect(test.map(({ text }) => text)).toEqual(['dev a', 'dev b']);
    expect([training.length, validation.length, labels]).toEqual([38, 2, ['0', '1']]);
    await expect(readLabelledSets(join(folder, 'nowhere'), '1')).rejects.toThrow(/none with this name/);
  });
});
