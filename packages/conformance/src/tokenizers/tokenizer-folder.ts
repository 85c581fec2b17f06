import { join } from 'node:path';
import type { Encoding, Tokenizer } from '@sequitur/text';
import type { Finding, FolderReport } from '../comparison.js';
import { summarize } from '../comparison.js';
import { readJson } from '../golden.js';
import { openByClass } from './open-by-class.js';
import { knownArguments, tokenizePair } from './pair-arguments.js';
import {
  type BatchCase,
  knownAttributes,
  type PairCase,
  type TokenizerCase,
  type TokenizerCases,
} from './tokenizer-cases.js';

/** Path of the vocabularies relative to a folder of cases, `golden/tokenizers/<name>`. */
const BESIDE = '../../../models/tokenizers';

/** Compares ids, tokens, decoded texts, pairs and batches with those of Python's tokenizer for the same texts. */
export async function conformTokenizer(
  folder: string,
  { vocabularies }: { readonly vocabularies: string },
): Promise<FolderReport> {
  const cases = (await readJson<TokenizerCases>(folder, 'cases.json'))!;
  const tokenizer = await openByClass(cases, [folder, vocabularies, join(folder, BESIDE)]);
  if (Array.isArray(tokenizer)) {
    return { folder, verdict: 'unsupported', findings: [], detail: `not found: ${tokenizer.join(', ')}` };
  }
  const unknown = Object.keys(cases).filter((name) => !knownAttributes.has(name));
  return summarize(folder, [
    ...compareCases(tokenizer, cases.cases, ''),
    ...(cases.target_cases ? compareCases(targetOf(tokenizer), cases.target_cases, 'target, ') : []),
    ...(cases.pairs ? comparePairs(tokenizer, cases.pairs) : []),
    ...(cases.batch ? compareBatch(tokenizer, cases.batch) : []),
    ...compareSizes(tokenizer, cases),
    ...unknown.map((name): Finding => ({ name, verdict: 'unsupported', detail: 'not known to the comparison' })),
  ]);
}

type Reading = readonly [name: keyof TokenizerCase, read: (tokenizer: Tokenizer, example: TokenizerCase) => unknown];

/** The fields of a case, and how we compute each. */
const readings: readonly Reading[] = [
  ['ids', (tokenizer, { text }) => tokenizer.encode(text)],
  ['tokens', (tokenizer, { text }) => tokenizer.tokenize(text, { specialTokens: false }).tokens],
  ['pieces', (tokenizer, { text }) => tokenizer.tokenize(text, { specialTokens: false }).tokens],
  ['ids_with_special', (tokenizer, { text }) => tokenizer.encode(text, { specialTokens: true })],
  ['decoded', (tokenizer, { ids }) => tokenizer.decode(ids!, { skipSpecialTokens: false, cleanUp: false })],
  ['decoded_clean', (tokenizer, { ids }) => tokenizer.decode(ids!, { skipSpecialTokens: false, cleanUp: true })],
  ['decoded_skip_special', (tokenizer, { ids }) => tokenizer.decode(ids!, { skipSpecialTokens: true, cleanUp: false })],
];

function compareCases(tokenizer: Tokenizer, cases: readonly TokenizerCase[], prefix: string): Finding[] {
  return readings.flatMap(([name, read]) => {
    const relevant = cases.filter((example) => example[name] !== undefined);
    if (relevant.length === 0) return [];
    const misses = relevant.flatMap((example) =>
      difference(example.text, () => read(tokenizer, example), example[name]),
    );
    return [verdictOf(`${prefix}${name}`, relevant.length, misses)];
  });
}

function comparePairs(tokenizer: Tokenizer, pairs: readonly PairCase[]): Finding[] {
  const unknown = new Set(
    pairs.flatMap(({ kwargs }) => Object.keys(kwargs)).filter((name) => !knownArguments.has(name)),
  );
  const misses = pairs.flatMap((pair) =>
    difference(
      JSON.stringify([pair.a, pair.b, pair.kwargs]),
      () => listsOf(tokenizePair(tokenizer, pair), pair),
      listsIn(pair),
    ),
  );
  const unsupported = [...unknown].map(
    (name): Finding => ({ name: `pairs, ${name}`, verdict: 'unsupported', detail: 'not known to the comparison' }),
  );
  return [verdictOf('pairs', pairs.length, misses), ...unsupported];
}

function compareBatch(tokenizer: Tokenizer, batch: BatchCase): Finding[] {
  const rows = batch.texts.map((_, row) => ({
    input_ids: batch.input_ids[row]!,
    ...(batch.token_type_ids && { token_type_ids: batch.token_type_ids[row]! }),
    ...(batch.attention_mask && { attention_mask: batch.attention_mask[row]! }),
  }));
  const found = () => tokenizer.tokenizeBatch(batch.texts).map((encoding, row) => listsOf(encoding, rows[row]!));
  return [verdictOf('batch', rows.length, difference(JSON.stringify(batch.texts), found, rows))];
}

function compareSizes(tokenizer: Tokenizer, { vocab_size, vocab_size_with_extra }: TokenizerCases): Finding[] {
  const expected = vocab_size_with_extra ?? vocab_size;
  if (expected === undefined) return [];
  const found = tokenizer.vocabularySize;
  return [
    verdictOf(
      'vocabulary size',
      1,
      difference('size', () => found, expected),
    ),
  ];
}

type Lists = Partial<Pick<PairCase, 'input_ids' | 'token_type_ids' | 'attention_mask' | 'special_tokens_mask'>>;

function listsIn({ input_ids, token_type_ids, attention_mask, special_tokens_mask }: Lists): Lists {
  return {
    input_ids,
    ...(token_type_ids && { token_type_ids }),
    ...(attention_mask && { attention_mask }),
    ...(special_tokens_mask && { special_tokens_mask }),
  } as Lists;
}

/** The lists of an encoding that `wanted` has. */
function listsOf({ ids, tokenTypes, attentionMask, sequences }: Encoding, wanted: Lists): Lists {
  return listsIn({
    input_ids: ids,
    ...(wanted.token_type_ids && { token_type_ids: tokenTypes }),
    ...(wanted.attention_mask && { attention_mask: attentionMask }),
    ...(wanted.special_tokens_mask && {
      special_tokens_mask: sequences.map((sequence) => (sequence === null ? 1 : 0)),
    }),
  });
}

function difference(about: string, find: () => unknown, expected: unknown): string[] {
  const [found, wanted] = [JSON.stringify(find()), JSON.stringify(expected)];
  return found === wanted ? [] : [`${JSON.stringify(about)}: ${found}, not ${wanted}`];
}

function verdictOf(name: string, count: number, misses: readonly string[]): Finding {
  const shown = misses.slice(0, 3).join('; ');
  const detail = `${count - misses.length} of ${count} agree${shown && `: ${shown}`}`;
  return { name, verdict: misses.length ? 'failed' : 'passed', detail };
}

/** The tokenizer of the target language, for tokenizers with two. */
function targetOf(tokenizer: Tokenizer): Tokenizer {
  if ('target' in tokenizer) return tokenizer.target as Tokenizer;
  throw new Error('cases of a target language, but a tokenizer without one');
}
