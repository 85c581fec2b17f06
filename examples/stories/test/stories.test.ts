import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openBackend, parameterCount } from '@sequitur/core';
import { joinDocuments, trainByteLevelTokenizer } from '@sequitur/text';
import { train } from '@sequitur/train';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { architectures, type StorySize, sizes } from '../architectures.js';
import { bitsPerByte } from '../bits-per-byte.js';
import { readStories } from '../stories.js';
import { storyTask } from '../story-task.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stories-'));
  await openBackend(['wasm', 'cpu']);
});
afterAll(() => rm(folder, { recursive: true }));

const line = (title: string, text: string) => `${JSON.stringify({ title, text })}\n`;

it('reads stories by split, gzip or plain, with the title on the first line', async () => {
  await writeFile(
    join(folder, 'train.jsonl.gz'),
    gzipSync(line('The Fox', 'A fox ran.\n') + line('The Owl', 'It flew.')),
  );
  await writeFile(join(folder, 'valid.jsonl'), line('The Cat', 'It slept.'));
  await writeFile(join(folder, 'test.jsonl'), line('The Dog', 'It barked.'));
  const { training, validation, test } = await readStories(folder);
  expect(training).toEqual(['The Fox\n\nA fox ran.', 'The Owl\n\nIt flew.']);
  expect([validation, test]).toEqual([['The Cat\n\nIt slept.'], ['The Dog\n\nIt barked.']]);
});

it('names the invalid line, or the missing file', async () => {
  await writeFile(join(folder, 'valid.jsonl'), line('The Cat', 'It slept.') + line('The Cow', ' '));
  await expect(readStories(folder)).rejects.toThrow(/valid\.jsonl, line 2/);
  await rm(join(folder, 'valid.jsonl'));
  await expect(readStories(folder)).rejects.toThrow(/valid\*\.jsonl/);
});

it.each(Object.entries(sizes))('architectures of size %s have equal parameter counts within 3 %', async (_, size) => {
  const tokenizer = await trainByteLevelTokenizer(['once upon a time'], { vocabularySize: 260 });
  const counts = Object.values(architectures).map((architecture) => {
    const model = architecture.create({ ...size, vocabulary: tokenizer.vocabularySize }, tokenizer, 'count');
    const count = parameterCount(model);
    model.dispose();
    return count;
  });
  expect(Math.max(...counts) / Math.min(...counts)).toBeLessThan(1.03);
});

const tiny: StorySize = {
  ...{ width: 16, heads: 2, vocabulary: 270 },
  ...{ gpt: { depth: 1, hiddenWidth: 32 }, mamba: { depth: 1 }, hybrid: { depth: 3, hiddenWidth: 32 } },
};

it.each(Object.entries(architectures))(
  '%s trains, is saved, and is loaded with the same bits per byte',
  async (name, each) => {
    const text = 'the fox saw the grapes and the grapes saw the fox. '.repeat(600);
    const tokenizer = await trainByteLevelTokenizer([text], { vocabularySize: tiny.vocabulary });
    const tokens = joinDocuments([tokenizer.encode(text)], 0);
    const model = each.create(tiny, tokenizer, 'seed');
    const before = await bitsPerByte(model, tokens, text.length);
    const task = storyTask({ training: tokens, validation: tokens, peak: 2e-2, seed: 'seed' });
    const optimizer = task.optimizer(8);
    for await (const _ of train(model, task.data(), { optimizer, loss: task.loss, steps: 8 }));
    optimizer.dispose();
    const after = await bitsPerByte(model, tokens, text.length);
    expect(after).toBeLessThan(0.9 * before);
    await model.savePretrained(join(folder, name));
    const again = await each.load(join(folder, name));
    expect(await bitsPerByte(again, tokens, text.length)).toBeCloseTo(after, 5);
    model.dispose();
    again.dispose();
  },
);
