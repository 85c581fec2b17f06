import { Random, SequiturError } from '@sequitur/core';
import { describe, expect, it } from 'vitest';
import { tokenizerOfJson } from '../src/index.js';
import { isSafe } from '../src/tokenizers/patterns/is-safe.js';
import { LinearPattern } from '../src/tokenizers/patterns/linear-pattern.js';
import { parsePattern } from '../src/tokenizers/patterns/parse.js';

const nativeMatches = (source: string, text: string) =>
  [...text.matchAll(new RegExp(source, 'gu'))].map(({ 0: match, index }) => ({ index, text: match }));
const linearMatches = (source: string, text: string) => [...new LinearPattern(source).matchesIn(text)];

/** As tokenizers use them, in JavaScript's spelling. */
const KNOWN = {
  gpt2: "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
  llama3:
    "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  o200k: [
    "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?:'[sS]|'[tT])?",
    "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?:'[sS]|'[tT])?",
    '\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+',
  ].join('|'),
  bloom: ' ?[^\\s.,!?…。，、।۔،]+',
  digits: '\\p{N}',
  spaces: ' {2,}',
};

function randomPattern(random: Random, depth: number): string {
  const pick = <T>(...items: readonly T[]): T => items[random.integer(items.length)]!;
  const atom = () => {
    if (depth <= 0 || random.integer(3) > 0) return pick('a', 'b', 'c', '.', '[ab]', '[^a]', '\\p{L}', 'é', '\\s');
    const inner = randomPattern(random, depth - 1);
    return pick(
      `(${inner})`,
      `(?:${inner})`,
      `(?:${inner})`,
      `(?=${inner})`,
      `(?!${inner})`,
      '(?<=a)',
      '(?<!b)',
      '^',
      '$',
    );
  };
  const term = () => {
    const one = atom();
    return /^\(\?[=!<]|^[\^$]/.test(one)
      ? one
      : one + pick('', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,1}?', '{2,}');
  };
  const sequence = () => Array.from({ length: 1 + random.integer(3) }, term).join('');
  return Array.from({ length: 1 + random.integer(2) }, sequence).join('|');
}

describe('patterns in linear time', () => {
  it('match what JavaScript’s own engine matches', () => {
    const random = Random.fromSeed(11);
    let refused = 0;
    for (let trial = 0; trial < 4000; trial++) {
      const source = randomPattern(random, 2);
      try {
        new LinearPattern(source);
      } catch (error) {
        expect((error as Error).message).toBe('a count of a group that may be empty');
        refused++;
        continue;
      }
      const text = Array.from({ length: random.integer(9) }, () => ['a', 'b', 'c', ' ', 'é'][random.integer(5)]).join(
        '',
      );
      expect(linearMatches(source, text), `${source} in ${JSON.stringify(text)}`).toEqual(nativeMatches(source, text));
    }
    expect(refused).toBeLessThan(800);
  });

  it('match what tokenizers look for', () => {
    const text = "It's  WE'LL a\r\n\n 1234567 x٣٤५ naïve — ÀÉ日本語😀!!\n/ \t end   ";
    for (const [name, source] of Object.entries(KNOWN)) {
      expect(linearMatches(source, text), name).toEqual(nativeMatches(source, text));
      expect(isSafe(parsePattern(source)), name).toBe(true);
    }
  });

  it('are told from those on which JavaScript’s engine takes its time', () => {
    for (const source of [
      '(a+)+b',
      '(?:a|a)*b',
      'a*a*b',
      'a+b',
      '(?:a?){30}b',
      'a?a?a?a?a?b',
      '.*.*x',
      '(?:\\s+)+',
      'a+?b',
      '\\s+(?!\\S)',
    ])
      expect(isSafe(parsePattern(source)), source).toBe(false);
  });

  it('take time proportional to the text, and are refused where that cannot be', () => {
    const parts = { normalizer: null, post_processor: null, decoder: null, added_tokens: [] };
    const model = { type: 'WordLevel', vocab: { '?': 0 }, unk_token: '?' };
    const split = (Regex: string) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false });
    const hostile = [
      '(a+)+b',
      '(a|a)*b',
      '(a|aa)+$',
      'a*a*a*a*b',
      '(.*)*x',
      '((a*)*)*b',
      '(?:a+){2,}b',
      '(?=(a+)+b)a',
      '(?!.*b).*c',
      '(x+x+)+y|a+b',
    ];
    for (const Regex of hostile) {
      for (const text of ['a'.repeat(40), 'a'.repeat(20_000), `${'a'.repeat(9999)}!`, 'x'.repeat(5000)]) {
        const start = performance.now();
        for (const where of [
          { pre_tokenizer: split(Regex) },
          { normalizer: { type: 'Replace', pattern: { Regex }, content: '' } },
        ])
          tokenizerOfJson({ ...parts, ...where, model }).encode(text);
        expect(performance.now() - start, `${Regex} on ${text.length}`).toBeLessThan(2000);
      }
    }
    const decoder = { type: 'Replace', pattern: { Regex: '(a+)+b' }, content: '-' };
    const decoded = { ...parts, decoder, model: { ...model, vocab: { ['a'.repeat(40)]: 0, aab: 1, '?': 2 } } };
    expect(tokenizerOfJson(decoded).decode([0, 1])).toBe(`${'a'.repeat(40)}-`);
    for (const Regex of [
      '(a)\\1',
      '(?<=ab)c',
      'a{9999}',
      '(a{99}){99}',
      `${'('.repeat(200)}a${')'.repeat(200)}`,
      'a'.repeat(20_000),
      '(',
    ]) {
      const make = () => tokenizerOfJson({ ...parts, pre_tokenizer: split(Regex), model });
      expect(make, Regex.slice(0, 40)).toThrow(SequiturError);
      expect(make, Regex.slice(0, 40)).toThrow(/^tokenizer\.json, pre_tokenizer, pattern: expected .{0,600}$/);
    }
  });
});
