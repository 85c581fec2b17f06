import { checkArgument, checkOptions, option, optionsOf } from '@sequitur/core';
import { countMatches, countNGrams, nGramTotal } from './n-grams.js';
import { alternatives, checkTexts, type References } from './paired.js';

export interface BleuOptions {
  /** Whether texts are lowercased; default false: `case:mixed`. */
  readonly lowercase?: boolean | undefined;
  /** Whether orders longer than the sentence are ignored, for single sentences; default false: `eff:no`. */
  readonly effectiveOrder?: boolean | undefined;
  /** The tokenization: `13a` (default), or none for tokenized texts. */
  readonly tokenization?: '13a' | 'none' | undefined;
}

const bleuOptions = optionsOf<BleuOptions>({
  lowercase: option.optional(option.flag),
  effectiveOrder: option.optional(option.flag),
  tokenization: option.optional(option.oneOf('13a', 'none')),
});

export interface Bleu {
  /** BLEU, 0 to 100. */
  readonly score: number;
  /** n-gram precisions for n = 1 to 4, in percent. */
  readonly precisions: readonly number[];
  readonly brevityPenalty: number;
  readonly length: number;
  readonly referenceLength: number;
  /** The settings in sacreBLEU's form; the version is that of this package. */
  readonly signature: string;
}

const ORDERS = 4;

/**
 * Corpus BLEU (Papineni et al. 2002) as in sacreBLEU (Post 2018): mteval-v13a tokenization and exponential smoothing of
 * zero precisions.
 *
 * @throws SequiturError where the numbers of predictions and references differ
 */
export function bleu(predictions: readonly string[], references: References, options: BleuOptions = {}): Bleu {
  checkOptions('bleu', bleuOptions, options);
  checkTexts('bleu', predictions, references);
  const tokensOf = (text: string) => {
    const cased = options.lowercase ? text.toLowerCase() : text;
    return options.tokenization === 'none' ? cased.trim().split(/\s+/).filter(Boolean) : tokenize13a(cased);
  };
  const [correct, total] = [new Array<number>(ORDERS).fill(0), new Array<number>(ORDERS).fill(0)];
  let [length, referenceLength] = [0, 0];
  for (const [index, prediction] of predictions.entries()) {
    const tokens = tokensOf(prediction);
    const wanted = alternatives(references[index]!).map(tokensOf);
    length += tokens.length;
    referenceLength += closestLength(tokens.length, wanted);
    for (let order = 1; order <= ORDERS; order++) {
      correct[order - 1]! += countMatches(countNGrams(tokens, order), largestCounts(wanted, order));
      total[order - 1]! += nGramTotal(tokens, order);
    }
  }
  const brevityPenalty = length >= referenceLength ? 1 : length > 0 ? Math.exp(1 - referenceLength / length) : 0;
  const [precisions, orders] = smoothed(correct, total, options.effectiveOrder ?? false);
  const logarithms = precisions.slice(0, orders).reduce((sum, precision) => sum + Math.log(precision), 0);
  const score = correct.some((count) => count > 0) ? brevityPenalty * Math.exp(logarithms / orders) : 0;
  return { score, precisions, brevityPenalty, length, referenceLength, signature: signatureOf(references, options) };
}

/** The tokens of NIST's mteval-v13a, as sacreBLEU splits them. */
export function tokenize13a(text: string): string[] {
  checkArgument('tokenize13a, text', option.text, text);
  const plain = text
    .trimEnd()
    .replaceAll('<skipped>', '')
    .replaceAll('-\n', '')
    .replaceAll('\n', ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
  return ` ${plain} `
    .replace(/([{-~[-` -&(-+:-@/])/g, ' $1 ')
    .replace(/([^0-9])([.,])/gu, '$1 $2 ')
    .replace(/([.,])([^0-9])/gu, ' $1 $2')
    .replace(/([0-9])(-)/g, '$1 $2 ')
    .split(/\s+/)
    .filter(Boolean);
}

/** Smoothed precisions in percent, and the number of orders that count. */
function smoothed(correct: readonly number[], total: readonly number[], effective: boolean): [number[], number] {
  const precisions = new Array<number>(ORDERS).fill(0);
  let orders = effective ? 0 : ORDERS;
  let halving = 1;
  for (let index = 0; index < ORDERS && total[index]! > 0; index++) {
    if (effective) orders = index + 1;
    if (correct[index]! > 0) precisions[index] = (100 * correct[index]!) / total[index]!;
    else {
      halving *= 2;
      precisions[index] = 100 / (halving * total[index]!);
    }
  }
  return [precisions, Math.max(1, orders)];
}

function closestLength(length: number, references: readonly (readonly string[])[]): number {
  const lengths = references.map((reference) => reference.length).sort((a, b) => a - b);
  return lengths.reduce((best, each) => (Math.abs(each - length) < Math.abs(best - length) ? each : best));
}

/** The largest count of each n-gram in any reference. */
function largestCounts(references: readonly (readonly string[])[], order: number): Map<string, number> {
  const largest = new Map<string, number>();
  for (const reference of references) {
    for (const [nGram, count] of countNGrams(reference, order)) {
      largest.set(nGram, Math.max(count, largest.get(nGram) ?? 0));
    }
  }
  return largest;
}

function signatureOf(references: References, options: BleuOptions): string {
  const counts = new Set(references.map((reference) => alternatives(reference).length));
  const parts = {
    nrefs: counts.size === 1 ? [...counts][0] : 'var',
    case: options.lowercase ? 'lc' : 'mixed',
    eff: options.effectiveOrder ? 'yes' : 'no',
    tok: options.tokenization ?? '13a',
    smooth: 'exp',
    version: 'sequitur',
  };
  return Object.entries(parts)
    .map(([name, value]) => `${name}:${value}`)
    .join('|');
}
