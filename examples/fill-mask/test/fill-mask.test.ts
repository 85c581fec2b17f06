import { Bert, headLoss, type MaskedLanguageHead, maskedLanguage } from '@sequitur/bert';
import { openBackend, Random } from '@sequitur/core';
import { maskedTexts } from '@sequitur/example-encoders';
import { trainWordPieceTokenizer } from '@sequitur/text';
import { adamW, train } from '@sequitur/train';
import { beforeAll, expect, it } from 'vitest';
import { evaluateFillings } from '../evaluate-fillings.js';
import { passagesOf } from '../passages.js';
import { wordClassOf } from '../word-classes.js';

beforeAll(() => openBackend(['wasm', 'cpu']));

const STORY = 'The fox saw the grapes. The grapes were high. The fox went home. ';

it('splits stories into passages of whole sentences with a maximum length', async () => {
  const tokenizer = await trainWordPieceTokenizer([STORY], { vocabularySize: 60 });
  const passages = passagesOf([STORY.repeat(4), STORY], tokenizer, 24);
  const { classification, separator } = tokenizer.specialTokens;
  for (const { ids } of passages) {
    expect(ids.length).toBeLessThanOrEqual(24);
    expect(tokenizer.idToToken(ids[0]!)).toBe(classification);
    expect(tokenizer.idToToken(ids.at(-1)!)).toBe(separator);
  }
  const read = passages.map(({ ids }) => tokenizer.decode([...ids])).join(' ');
  expect(read.match(/grapes were high/g)).toHaveLength(5);
});

it('distinguishes function words from content words', () => {
  expect(['the', 'Under', 'fox', '##es', ',', '42'].map(wordClassOf)).toEqual([
    ...['function word', 'function word', 'content word', 'piece of a word', 'punctuation', 'content word'],
  ]);
});

it('counts how often a masked token is found: at chance level before training, nearly always after it', async () => {
  const tokenizer = await trainWordPieceTokenizer([STORY], { vocabularySize: 60 });
  const passages = passagesOf(
    Array.from({ length: 8 }, () => STORY),
    tokenizer,
    24,
  );
  const config = { modelType: 'bert', vocabularySize: tokenizer.vocabularySize, width: 32, depth: 1, heads: 2 };
  const model = Bert.create<MaskedLanguageHead>(
    { ...config, contextLength: 24, dropout: 0, attentionDropout: 0 },
    { head: maskedLanguage(), seed: 1, tokenizer },
  );
  const before = await evaluateFillings(model, passages, Random.fromSeed(1));
  const data = maskedTexts(passages, tokenizer, { batchSize: 8, seed: '1' });
  const optimizer = adamW({ learningRate: 1e-2 });
  for await (const _ of train(model, data, { optimizer, loss: headLoss, steps: 60 }));
  optimizer.dispose();
  const after = await evaluateFillings(model, passages, Random.fromSeed(1));
  model.dispose();
  expect(before.all.first).toBeLessThan(0.3);
  expect(after.all.first).toBeGreaterThan(0.8);
  expect(after.all.amongFive).toBeGreaterThanOrEqual(after.all.first);
  const counts = Object.values(after.byClass).map(({ count }) => count);
  expect(counts.reduce((sum, count) => sum + count)).toBe(after.all.count);
});
