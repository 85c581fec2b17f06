import { Random } from '@sequitur/core';
import { entitySpans, trainWordPieceTokenizer } from '@sequitur/text';
import { expect, it } from 'vitest';
import { nameRenewer } from '../renewed-names.js';
import type { TaggedSentence } from '../tagged-sentences.js';
import { vocabularyTexts } from '../vocabulary-texts.js';

const sentences: TaggedSentence[] = [
  {
    words: ['we', 'saw', 'Robert', 'Johnson', 'in', 'Brooklyn'],
    tags: ['O', 'O', 'B-person', 'I-person', 'O', 'B-place'],
  },
  { words: ['did', 'Katherine', 'go', 'to', 'Rotterdam', '?'], tags: ['O', 'B-person', 'O', 'O', 'B-place', 'O'] },
  { words: ['we', 'saw', 'we', 'go', 'to', 'saw', 'in', 'go', 'did'], tags: new Array(9).fill('O') },
];

it('names are replaced by others of their type, some of them invented, and the rest of the sentence is unchanged', () => {
  const renew = nameRenewer(sentences, { renewed: 1, recased: 0 });
  const random = Random.fromSeed('1');
  const found = Array.from({ length: 60 }, () => renew(sentences[1]!, random));
  const people = new Set<string>();
  for (const { words, tags } of found) {
    const spans = entitySpans(tags);
    expect(spans.map(({ type }) => type)).toEqual(['person', 'place']);
    expect(words.filter((_, index) => tags[index] === 'O')).toEqual(['did', 'go', 'to', '?']);
    people.add(words.slice(spans[0]!.start, spans[0]!.end).join(' '));
  }
  expect(people).toContain('Robert Johnson');
  expect([...people].filter((name) => !['Robert Johnson', 'Katherine'].includes(name)).length).toBeGreaterThan(3);
  expect(people).not.toContain('Rotterdam');
});

it('some of the other words are capitalized; without options nothing changes', () => {
  const still = nameRenewer(sentences, { renewed: 0, recased: 0 });
  expect(still(sentences[0]!, Random.fromSeed('1'))).toEqual(sentences[0]);
  const recase = nameRenewer(sentences, { renewed: 0, recased: 0.5 });
  const { words, tags } = recase(sentences[2]!, Random.fromSeed('1'));
  expect(tags).toEqual(sentences[2]!.tags);
  expect(words.map((word) => word.toLowerCase())).toEqual(sentences[2]!.words);
  expect(words.filter((word) => /^[A-Z]/.test(word)).length).toBeGreaterThan(1);
});

it('the vocabulary keeps words whole in either spelling, and splits names', async () => {
  const twice = [...sentences, ...sentences];
  const tokenizer = await trainWordPieceTokenizer(vocabularyTexts(twice, []), {
    vocabularySize: 200,
    lowercase: false,
  });
  const pieces = (text: string) => tokenizer.tokenize(text, { specialTokens: false }).tokens;
  expect(pieces('saw Saw')).toEqual(['saw', 'Saw']);
  expect(pieces('Robert').length).toBeGreaterThan(2);
  expect(pieces('Robert')).not.toContain('[UNK]');
});
