import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trainWordPieceTokenizer } from '@sequitur/text';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerWindows } from '../answer-windows.js';
import { readArticles } from '../questions.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'questions-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(content: unknown) {
  const file = join(folder, 'some.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return readArticles(file);
}

const context = '🐳 The white whale swam past Nantucket in May.';
const squad = (answer: object) => ({
  data: [{ title: 'Whales', paragraphs: [{ context, qas: [{ question: 'Where?', answers: [answer] }] }] }],
});

describe('questions', () => {
  it('are read with answer positions in UTF-16 code units', async () => {
    const [article] = await read(squad({ text: 'Nantucket', answer_start: 28 }));
    expect(article!.questions[0]!.answers).toEqual([{ text: 'Nantucket', start: 29 }]);
    expect(context.indexOf('Nantucket')).toBe(29);
  });

  it.each([
    ['no JSON', '{"data": [', /some\.json: expected JSON/],
    ['no list', {}, /some\.json, data: expected a list/],
    [
      'a misplaced answer',
      squad({ text: 'Nantucket', answer_start: 3 }),
      /data\[0\]\.paragraphs\[0\]\.qas\[0\]\.answers\[0\].*Nantucket/,
    ],
  ])('are refused with their place: %s', async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });

  it('are split into windows with the answer if it is in them', async () => {
    const tokenizer = await trainWordPieceTokenizer(context, { vocabularySize: 80 });
    const question = { question: 'where', context, answers: [{ text: 'Nantucket', start: 29 }] };
    const windows = answerWindows(tokenizer, question, { maxLength: 30, overlap: 12 });
    expect(windows.length).toBeGreaterThan(1);
    const found = windows.filter(({ start }) => start > 0);
    expect(found.length).toBeGreaterThan(0);
    for (const { ids, tokenTypes, start, end } of found) {
      expect(tokenizer.decode(ids.slice(start, end + 1)).replaceAll(' ', '')).toBe('nantucket');
      expect([tokenTypes[start], tokenTypes[end]]).toEqual([1, 1]);
    }
    for (const { start, end } of windows.filter((window) => !found.includes(window)))
      expect([start, end]).toEqual([0, 0]);
  });
});
