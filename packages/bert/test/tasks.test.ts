import { onEachBackend } from '@sequitur/laws';
import { bertTokenizer } from '@sequitur/text';
import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import {
  answer,
  Bert,
  classify,
  embed,
  fillMask,
  groupEntities,
  type Head,
  type HeadPart,
  maskedLanguage,
  questionAnswering,
  recognizeEntities,
  sequenceClassification,
  tokenClassification,
} from '../src/index.js';

const words = 'the a whale sea ship sail ##s ##ing who what hunt ##ed captain white ? . ,'.split(' ');
const vocabulary = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...words];
const config = {
  modelType: 'bert',
  vocabularySize: vocabulary.length,
  contextLength: 24,
  width: 16,
  depth: 2,
  heads: 2,
};

function open<H extends Head>(head: HeadPart<H>): Bert {
  const tokenizer = bertTokenizer(vocabulary.join('\n'));
  return Bert.create({ ...config, initializerRange: 0.6 }, { head, seed: 5, tokenizer }) as unknown as Bert;
}

const texts = ['The captain hunted the white whale.', 'Who sails?', 'a ship, a sea'];

/** Runs a task and expects that it leaves no tensor behind. */
async function withoutLeaks<T>(task: () => Promise<T>): Promise<T> {
  const before = memory().numTensors;
  const result = await task();
  expect(memory().numTensors).toBe(before);
  return result;
}

onEachBackend('tasks', () => {
  it('classify texts, each as if it were alone', async () => {
    const model = open(sequenceClassification({ labels: ['good', 'bad', 'neither'] }));
    const together = await withoutLeaks(() => classify(model, texts));
    const alone = await Promise.all(texts.map(async (text) => (await classify(model, [text]))[0]!));
    for (const [index, { label, score, labels }] of together.entries()) {
      expect(labels.reduce((sum, one) => sum + one.score, 0)).toBeCloseTo(1, 5);
      expect(score).toBe(Math.max(...labels.map((one) => one.score)));
      expect(label).toBe(alone[index]!.label);
      expect(score).toBeCloseTo(alone[index]!.score, 5);
    }
    model.dispose();
  });

  it('give labels that do not exclude each other probabilities of their own, and a regression its number', async () => {
    const many = open(sequenceClassification({ labels: ['sea', 'land'], problem: 'multiLabel' }));
    const [{ labels }] = (await classify(many, [['Who sails?', 'a ship']])) as [
      Awaited<ReturnType<typeof classify>>[0],
    ];
    for (const { score } of labels) expect(score > 0 && score < 1).toBe(true);
    expect(labels[0]!.score + labels[1]!.score).not.toBeCloseTo(1, 3);
    many.dispose();
    const number = open(sequenceClassification({ labels: ['stars'], problem: 'regression' }));
    const [found] = await classify(number, ['a whale']);
    const { logits } = number.apply({ tokens: [number.tokenizer!.encode('a whale', { specialTokens: true })] });
    expect(found!.score).toBeCloseTo((await logits!.data())[0]!, 5);
    logits!.dispose();
    number.dispose();
  });

  it('recognize entities where they stand in the text', async () => {
    const model = open(tokenClassification({ labels: ['O', 'B-THING', 'I-THING', 'B-DEED', 'I-DEED'] }));
    const found = await withoutLeaks(() => recognizeEntities(model, texts));
    expect(found.flat().length).toBeGreaterThan(0);
    for (const [index, entities] of found.entries()) {
      for (const { text, start, end } of entities) {
        expect(text).toBe(texts[index]!.slice(start, end));
        // Pieces of a word are not taken apart.
        expect(/^[\p{L}]+$/u.test(text) && /\p{L}/u.test(texts[index]![end] ?? ' ')).toBe(false);
      }
    }
    model.dispose();
  });

  it('find answers in contexts of any length, at their places', async () => {
    const model = open(questionAnswering());
    const context = `${'The captain sailed. '.repeat(9)}A white whale hunted the ship.`;
    const answers = await withoutLeaks(() => answer(model, 'Who hunted?', context, { answers: 4, overlap: 6 }));
    expect(answers).toHaveLength(4);
    for (const { text, start, end } of answers) expect(text).toBe(context.slice(start, end));
    expect(answers.map(({ score }) => score)).toEqual([...answers.map(({ score }) => score)].sort((a, b) => b - a));
    const short = await answer(model, 'Who?', 'a whale', { answers: 50, noAnswer: true });
    const total = short.reduce((sum, { score }) => sum + score, 0);
    expect(short.map(({ text }) => text)).toEqual(expect.arrayContaining(['a', 'whale', 'a whale', '']));
    expect(total).toBeLessThan(1);
    model.dispose();
  });

  it('fill masks, the likeliest first', async () => {
    const model = open(maskedLanguage());
    const fillings = await withoutLeaks(() => fillMask(model, 'the [MASK] hunted a [MASK]', { fillings: 30 }));
    expect(fillings).toHaveLength(2);
    for (const list of fillings) expect(list.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 5);
    const [first] = fillings[0]!;
    expect(first!.text).toBe(`the ${first!.token} hunted a [MASK]`);
    await expect(fillMask(model, 'no gap')).rejects.toThrow('[MASK]');
    await expect(classify(model, ['a'])).rejects.toThrow('sequenceClassification');
    model.dispose();
  });

  it('embed texts, padding or not', async () => {
    const model = open(maskedLanguage());
    for (const pooling of ['mean', 'cls'] as const) {
      const together = await withoutLeaks(() => embed(model, texts, { pooling }));
      for (const [index, vector] of together.entries()) {
        expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
        const [alone] = await embed(model, [texts[index]!], { pooling });
        for (const [i, value] of vector.entries()) expect(value).toBeCloseTo(alone![i]!, 4);
      }
    }
    model.dispose();
  });
});

it('groups tags of every scheme', () => {
  const text = 'Ahab of New York saw Moby Dick';
  const spans = [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => [index, index + word.length] as const);
  const group = (tags: string) =>
    groupEntities(
      text,
      tags.split(' ').map((tag, i) => ({ tag, score: 1, offsets: spans[i]! })),
    ).map((entity) => `${entity.type}: ${entity.text}`);
  const wanted = ['PER: Ahab', 'LOC: New York', 'PER: Moby Dick'];
  expect(group('B-PER O B-LOC I-LOC O B-PER I-PER')).toEqual(wanted);
  expect(group('U-PER O B-LOC L-LOC O B-PER L-PER')).toEqual(wanted);
  expect(group('S-PER O B-LOC E-LOC O B-PER E-PER')).toEqual(wanted);
  expect(group('PER O LOC LOC O PER PER')).toEqual(wanted);
  expect(group('I-PER O I-LOC I-LOC O B-PER B-PER')).toEqual([...wanted.slice(0, 2), 'PER: Moby', 'PER: Dick']);
});
