import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend, Random } from '@sequitur/core';
import type { RecipeOptions } from '@sequitur/recipe';
import { trainByteLevelTokenizer } from '@sequitur/text';
import { SequenceToSequence, summarize } from '@sequitur/transformer';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readArticles } from '../abstracts.js';
import { principalSentence, readingPassages } from '../reading-pairs.js';
import { beginningOf, SOURCE_LENGTH, scoresBesideLead, trainSummarizer } from '../summarization.js';

let folder: string;
beforeEach(async () => {
  await openBackend('wasm');
  folder = await mkdtemp(join(tmpdir(), 'sequitur-summarization-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const settings = {
  vocabularySize: 320,
  model: { width: 32, depth: 1, heads: 2, contextLength: 64, dropout: 0, generation: { max_length: 16 } },
  ...{ batchSize: 16, readingShare: 0.3, readingPeak: 1e-2, peak: 1e-2 },
};

const ANIMALS = ['whale', 'otter', 'heron', 'badger', 'lynx'];

/** Texts whose summary names the animal of their second sentence. */
async function writeArticles(): Promise<string> {
  const articles = Array.from({ length: 240 }, (_, index) => {
    const animal = ANIMALS[index % ANIMALS.length]!;
    return { source: [`Day ${index} at sea.`, `Then a ${animal} was seen.`], target: [`A ${animal}.`] };
  });
  const path = join(folder, 'articles.jsonl');
  await writeFile(path, articles.map((article) => JSON.stringify(article)).join('\n'));
  return path;
}

const optionsOf = (data: string, steps: number, options: Partial<RecipeOptions> = {}): RecipeOptions => ({
  ...{ folder: join(folder, 'run'), limit: { steps }, seed: '1', resume: false, data: [data], extra: {} },
  ...{ backend: 'wasm', ...options },
});

it('learns to summarize beyond the first sentence, and is saved as a summarizer', async () => {
  const data = await writeArticles();
  const { scores, validationLoss } = await trainSummarizer(optionsOf(data, 200), settings);
  expect(validationLoss).toBeLessThan(0.2); // a guess among five animals costs 1.6 nats once in about four tokens
  expect(scores['model ROUGE-L']).toBeGreaterThan(90);
  expect(scores['lead-1 ROUGE-L']).toBeLessThan(10);
  const model = await SequenceToSequence.fromPretrained(join(folder, 'run'));
  expect(await summarize(model, ['Day 7 at sea. Then a heron was seen.'])).toEqual(['A heron.']);
  model.dispose();
});

it('resumes after an interruption to the same result', async () => {
  const data = await writeArticles();
  const whole = await trainSummarizer(optionsOf(data, 10), settings);
  const controller = new AbortController();
  const onStep = ({ step }: { step: number }) => step === 3 && controller.abort();
  const broken = { folder: join(folder, 'broken') };
  const first = await trainSummarizer(optionsOf(data, 10, { ...broken, signal: controller.signal, onStep }), settings);
  expect(first).toMatchObject({ interrupted: true, steps: 3 });
  const resumed = await trainSummarizer(optionsOf(data, 10, { ...broken, resume: true }), settings);
  expect(resumed.validationLoss).toBe(whole.validationLoss);
  expect(resumed.scores).toEqual(whole.scores);
});

it('copies the principal sentence, wherever a passage begins', () => {
  const text = [
    'Hello there.',
    'We show a fast method.',
    'Our method is fast on large data.',
    'Such large data need a method.',
  ];
  expect(principalSentence(text)).toBe(text[2]);
  const random = Random.fromSeed('1');
  const passages = readingPassages([text, ['Alone.']], { random, passagesOfEach: 40 });
  expect(passages).toHaveLength(80);
  for (const { sentences, principal } of passages) expect(sentences).toContain(principal);
  const beginnings = new Set(passages.slice(0, 40).map(({ sentences }) => sentences[0]));
  const lengths = new Set(passages.slice(0, 40).map(({ sentences }) => sentences.length));
  expect([...beginnings].sort()).toEqual([...text].sort());
  expect([...lengths].sort()).toEqual([1, 2, 3, 4]);
});

it('names errors in its data', async () => {
  const file = join(folder, 'bad.jsonl');
  const read = async (...lines: string[]) => {
    await writeFile(file, lines.join('\n'));
    return readArticles(file);
  };
  await expect(readArticles(undefined)).rejects.toThrow(/--data <path>.*SciTLDR/);
  await expect(readArticles(join(folder, 'nowhere'))).rejects.toThrow(/none with this name/);
  await expect(readArticles(folder)).rejects.toThrow(/train.jsonl, dev.jsonl, test.jsonl, got no train.jsonl/);
  await expect(read('{"source": "a", "target": "b"}', '{"source": "a"}')).rejects.toThrow(/line 2: expected "target"/);
  await expect(read('{"source": [1], "target": "b"}')).rejects.toThrow(/line 1: expected "source" to be a string/);
  await expect(read('["a"]')).rejects.toThrow(/line 1: expected a JSON object/);
  const splits = await read('{"source": ["a ", ""], "target": ["b", "c"]}');
  expect(Object.values(splits).flat()).toEqual([{ sentences: ['a'], summaries: ['b', 'c'] }]);
});

it('truncates a text to fit, including the end token', async () => {
  const odd = Array.from({ length: 400 }, (_, index) => (index % 3 ? `naïve–${index}, “日本”` : 'plain'));
  const tokenizer = await trainByteLevelTokenizer('plain words', { vocabularySize: 262, specialTokens: ['</s>'] });
  const beginning = beginningOf(odd, tokenizer);
  const tokens = tokenizer.encode(beginning);
  expect(tokens.length).toBeLessThan(SOURCE_LENGTH);
  expect(tokens.length).toBeGreaterThan(SOURCE_LENGTH - 40);
  expect(tokenizer.encode(odd.join(' ')).slice(0, tokens.length)).toEqual(tokens);
  expect(beginningOf(['short.', 'text'], tokenizer)).toBe('short. text');
});

it('compares the first sentence with the model', () => {
  const articles = [{ sentences: ['one two three', 'four'], summaries: ['four', 'one two'] }];
  expect(scoresBesideLead(['four'], articles)).toMatchObject({ 'model ROUGE-1': 100, 'lead-1 ROUGE-1': 80 });
});
