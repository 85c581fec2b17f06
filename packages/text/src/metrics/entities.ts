import { checkArgument, option } from '@sequitur/core';
import { checkPaired } from './paired.js';
import { type Scores, scoresOf } from './scores.js';

/** An entity: tokens [start, end) and its type. */
export interface EntitySpan {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

export interface EntityScores {
  /** Scores over all entities. */
  readonly micro: Scores;
  /** Mean scores over the types. */
  readonly macro: Scores;
  readonly byType: Readonly<Record<string, Scores & { readonly support: number }>>;
}

const listOfTags = option.listOf(option.text);

/** Tags of other schemes by the letters of IOBES. */
const LETTERS: Readonly<Record<string, string>> = { L: 'E', U: 'S', M: 'I' };

/**
 * Entities of a tag sequence in BIO, BILOU or IOBES, as in conlleval and seqeval: a tag that cannot follow the previous
 * one begins a new entity.
 *
 * @param tags such as `B-PER`, `I-PER`, `O`
 */
export function entitySpans(tags: readonly string[]): EntitySpan[] {
  checkArgument('entitySpans, tags', listOfTags, tags);
  const spans: EntitySpan[] = [];
  let open: { type: string; start: number } | null = null;
  let previous = { letter: 'O', type: '' };
  for (const [index, tag] of [...tags, 'O'].entries()) {
    const current = parseTag(tag);
    if (open && endsBefore(previous, current)) {
      spans.push({ ...open, end: index });
      open = null;
    }
    if (startsAt(previous, current)) open = { type: current.type, start: index };
    previous = current;
  }
  return spans;
}

/**
 * Precision, recall and F1 of entities by exact match of type and span (Tjong Kim Sang and De Meulder 2003), as in
 * seqeval.
 *
 * @param predictions a list of tags for each sentence
 * @throws SequiturError where the numbers of sentences or tags differ
 */
export function entityScores(
  predictions: readonly (readonly string[])[],
  references: readonly (readonly string[])[],
): EntityScores {
  checkPaired('entityScores', predictions, references);
  const counts = new Map<string, { predicted: number; referred: number; matched: number }>();
  const countOf = (type: string) => {
    const known = counts.get(type) ?? { predicted: 0, referred: 0, matched: 0 };
    counts.set(type, known);
    return known;
  };
  for (const [index, tags] of predictions.entries()) {
    checkArgument(`entityScores, sentence ${index}`, listOfTags, tags);
    checkArgument(`entityScores, references, sentence ${index}`, listOfTags, references[index]);
    checkPaired(`entityScores, sentence ${index}`, ['', ...tags], ['', ...references[index]!]);
    const referred = entitySpans(references[index]!);
    const right = new Set(referred.map(({ type, start, end }) => `${start} ${end} ${type}`));
    for (const { type } of referred) countOf(type).referred++;
    for (const { type, start, end } of entitySpans(tags)) {
      countOf(type).predicted++;
      if (right.has(`${start} ${end} ${type}`)) countOf(type).matched++;
    }
  }
  const types = [...counts.keys()].sort();
  const byType = Object.fromEntries(
    types.map((type) => [type, { ...scoresOf(counts.get(type)!), support: counts.get(type)!.referred }]),
  );
  const total = { predicted: 0, referred: 0, matched: 0 };
  for (const { predicted, referred, matched } of counts.values()) {
    total.predicted += predicted;
    total.referred += referred;
    total.matched += matched;
  }
  return { micro: scoresOf(total), macro: averageScores(Object.values(byType)), byType };
}

interface Tag {
  readonly letter: string;
  readonly type: string;
}

function parseTag(tag: string): Tag {
  const letter = tag[0] ?? 'O';
  return { letter: LETTERS[letter] ?? letter, type: letter === 'O' ? '' : tag.slice(1).replace(/^-/, '') || '_' };
}

function endsBefore(previous: Tag, current: Tag): boolean {
  if (previous.letter === 'E' || previous.letter === 'S') return true;
  if ('BSO'.includes(current.letter)) return true;
  return previous.type !== current.type;
}

function startsAt(previous: Tag, current: Tag): boolean {
  if (current.letter === 'O') return false;
  if (current.letter === 'B' || current.letter === 'S') return true;
  return 'ESO'.includes(previous.letter) || previous.type !== current.type;
}

function averageScores(scores: readonly Scores[]): Scores {
  const average = (name: keyof Scores) =>
    scores.length ? scores.reduce((sum, each) => sum + each[name], 0) / scores.length : 0;
  return { precision: average('precision'), recall: average('recall'), f1: average('f1') };
}
