import { describe, expect, it } from 'vitest';
import {
  accuracy,
  answerScores,
  bitsPer,
  bleu,
  chrf,
  classScores,
  editDistance,
  entityScores,
  entitySpans,
  errorRate,
  macroF1,
  matthewsCorrelation,
  perplexity,
  rouge,
  tokenize13a,
} from '../src/index.js';

// The example of sacreBLEU's own README, whose scores it prints.
const predictions = ['The dog bit the man.', "It wasn't surprising.", 'The man had just bitten him.'];
const references = [
  ['The dog bit the man.', 'The dog had bit the man.'],
  ['It was not unexpected.', 'No one was surprised.'],
  ['The man bit him first.', 'The man had bitten the dog.'],
];

describe('BLEU', () => {
  it("gives sacreBLEU's published score", () => {
    const found = bleu(predictions, references);
    expect(found.score).toBeCloseTo(48.53, 2);
    expect(found.precisions.map((precision) => precision.toFixed(1))).toEqual(['82.4', '50.0', '45.5', '37.5']);
    expect(found.brevityPenalty).toBeCloseTo(0.943, 3);
    expect([found.length, found.referenceLength]).toEqual([17, 18]);
    expect(found.signature).toBe('nrefs:2|case:mixed|eff:no|tok:13a|smooth:exp|version:sequitur');
  });

  it('is 100 for the reference itself, and 0 where no word is right', () => {
    expect(bleu(['a b c d e'], ['a b c d e']).score).toBeCloseTo(100, 10);
    expect(bleu(['x y'], ['a b']).score).toBe(0);
    expect(bleu([''], ['a b']).score).toBe(0);
  });

  it('smooths precisions that are zero, each by half as much again', () => {
    // 3 of 4 words, 1 of 3 pairs, then 1/(2·2) of two triples and 1/(4·1) of one quadruple.
    const { precisions, score } = bleu(['a b x c'], ['a b c d']);
    expect(precisions).toEqual([75, 100 / 3, 25, 25]);
    expect(score).toBeCloseTo((75 * (100 / 3) * 25 * 25) ** 0.25, 10);
    expect(bleu(['a b'], ['a b'], { effectiveOrder: true }).score).toBeCloseTo(100, 10);
  });

  it('splits as mteval-v13a does', () => {
    expect(tokenize13a('Hello, "world" &amp; 3.14, 1,000-2 (it\'s).')).toEqual([
      'Hello',
      ',',
      '"',
      'world',
      '"',
      '&',
      '3.14',
      ',',
      '1,000',
      '-',
      '2',
      '(',
      "it's",
      ')',
      '.',
    ]);
  });

  it('refuses lists of different lengths', () => {
    expect(() => bleu(['a'], [])).toThrow(/as many predictions as references/);
  });
});

describe('chrF', () => {
  it("gives sacreBLEU's published score", () => {
    expect(chrf(predictions, references)).toBeCloseTo(59.73, 2);
  });

  it('is 100 for the reference itself, whatever the spaces, and 0 where nothing is right', () => {
    expect(chrf(['ab cd'], ['abc d'])).toBeCloseTo(100, 10);
    expect(chrf(['xyz'], ['abc'])).toBe(0);
    expect(chrf([''], ['abc'])).toBe(0);
  });
});

describe('ROUGE', () => {
  it('counts words, pairs and common subsequences', () => {
    // Eight and nine words, of which six are common; two of seven and eight pairs; five in order.
    const found = rouge(['The quick brown dog jumps on the log.'], ['The quick brown fox jumps over the lazy dog']);
    expect(found.rouge1).toBeCloseTo(12 / 17, 12);
    expect(found.rouge2).toBeCloseTo(4 / 15, 12);
    expect(found.rougeL).toBeCloseTo(10 / 17, 12);
  });

  it('takes the best of several references and the mean over texts', () => {
    const found = rouge(['a b', 'c'], [['x', 'a b'], 'd']);
    expect(found.rouge1).toBe(0.5);
  });
});

describe('answers', () => {
  it('are compared without case, punctuation and articles', () => {
    expect(answerScores(['The Eiffel-Tower!'], [['a eiffeltower', 'x']])).toEqual({ exactMatch: 1, f1: 1 });
    // "cat sat" and "cat sat down": two of two, two of three.
    expect(answerScores(['the cat sat'], ['cat sat down'])).toEqual({ exactMatch: 0, f1: 4 / 5 });
  });

  it('of a question without one are right only where they are empty', () => {
    expect(answerScores(['', 'x', ''], ['', '', 'x'])).toEqual({ exactMatch: 1 / 3, f1: 1 / 3 });
  });
});

describe('entities', () => {
  it("gives the scores of seqeval's own example", () => {
    const scores = entityScores(
      [
        ['O', 'O', 'B-MISC', 'I-MISC', 'I-MISC', 'I-MISC', 'O'],
        ['B-PER', 'I-PER', 'O'],
      ],
      [
        ['O', 'O', 'O', 'B-MISC', 'I-MISC', 'I-MISC', 'O'],
        ['B-PER', 'I-PER', 'O'],
      ],
    );
    expect(scores.micro).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5 });
    expect(scores.macro.f1).toBe(0.5);
    expect(scores.byType).toEqual({
      MISC: { precision: 0, recall: 0, f1: 0, support: 1 },
      PER: { precision: 1, recall: 1, f1: 1, support: 1 },
    });
  });

  it('are read from BIO and BILOU, also where tags are out of order', () => {
    const per = (start: number, end: number) => ({ type: 'PER', start, end });
    expect(entitySpans(['B-PER', 'I-PER', 'B-PER', 'O', 'I-PER'])).toEqual([per(0, 2), per(2, 3), per(4, 5)]);
    expect(entitySpans(['B-PER', 'L-PER', 'U-PER', 'B-PER', 'I-PER', 'L-PER'])).toEqual([
      per(0, 2),
      per(2, 3),
      per(3, 6),
    ]);
    expect(entitySpans(['B-PER', 'I-LOC'])).toEqual([per(0, 1), { type: 'LOC', start: 1, end: 2 }]);
  });

  it('refuses sentences whose tags do not match', () => {
    expect(() => entityScores([['O']], [['O', 'O']])).toThrow(/sentence 0/);
  });
});

describe('classes', () => {
  it('are scored by accuracy, F-score and correlation', () => {
    expect(accuracy([1, 0, 1, 1], [1, 1, 1, 0])).toBe(0.5);
    // The example of scikit-learn's documentation.
    expect(matthewsCorrelation([1, -1, 1, 1], [1, 1, 1, -1])).toBeCloseTo(-1 / 3, 12);
    expect(matthewsCorrelation([0, 1, 2, 0], [0, 1, 2, 0])).toBeCloseTo(1, 12);
    expect(matthewsCorrelation([1, 1], [1, 0])).toBe(0);
    expect(classScores(['a', 'a', 'b'], ['a', 'b', 'b'], 'a')).toEqual({ precision: 0.5, recall: 1, f1: 2 / 3 });
    expect(macroF1(['a', 'a', 'b'], ['a', 'b', 'b'])).toBeCloseTo(2 / 3, 12);
  });
});

describe('rates', () => {
  it('count edits for each unit of the reference', () => {
    expect(editDistance([...'kitten'], [...'sitting'])).toBe(3);
    expect(errorRate([[...'kitten'], []], [[...'sitting'], ['a']])).toBe(4 / 8);
  });

  it('turn losses into perplexity and bits', () => {
    expect(perplexity(Math.log(7))).toBeCloseTo(7, 12);
    expect(bitsPer(Math.log(2) * 12, 4)).toBeCloseTo(3, 12);
  });
});

it('BLEU counts the closest reference, of two as close the shorter one, whatever their order', () => {
  expect(bleu(['a b c d'], [['a b c d e', 'a b c']]).referenceLength).toBe(3);
  expect(bleu(['a b c d'], [['a b c', 'a b c d e']]).referenceLength).toBe(3);
  expect(bleu(['a b c d'], [['a b c d e f', 'a b c d e']]).referenceLength).toBe(5);
});
