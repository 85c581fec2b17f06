import { type LogitsProcessor, logitsProcessors as rules } from '@sequitur/generation';
import { type Tensor2D, tensor } from '@tensorflow/tfjs-core';
import type { Operation, OperationCase } from './operation.js';

/** Settings of a case other than the attribute that names its processor. */
interface Settings {
  readonly endTokens: readonly number[];
  /** Minimum number of tokens that a processor keeps. */
  readonly keep: number;
}

type Read = (value: never, settings: Settings) => LogitsProcessor;

/** The processor of each Hugging Face attribute, in the order in which `generate` applies them. */
const RULES: readonly (readonly [attribute: string, rule: Read])[] = [
  ['sequence_bias', (biases: [number[], number][]) => rules.sequenceBias(biases)],
  ['repetition_penalty', (penalty: number) => rules.repetitionPenalty(penalty)],
  ['no_repeat_ngram_size', (n: number) => rules.noRepeatNgram(n)],
  ['bad_words_ids', (words: number[][], { endTokens }) => rules.badWordSequences(withoutEnds(words, endTokens))],
  ['min_length', (length: number, { endTokens }) => rules.minimumLength(length, endTokens)],
  ['min_new_tokens', (count: number, { endTokens }) => rules.minimumTokens(count, endTokens)],
  ['bos_token_id', (token: number) => rules.forcedBosToken(token)],
  ['max_length', (length: number, { endTokens }) => rules.forcedEosToken(endTokens, length)],
  [
    'exponential_decay_length_penalty',
    ([start, factor]: [number, number], { endTokens }) => rules.exponentialDecayLengthPenalty(start, factor, endTokens),
  ],
  ['suppress_tokens', (tokens: number[]) => rules.suppressTokens(tokens)],
  ['temperature', (value: number) => rules.temperature(value)],
  ['top_k', (k: number, settings) => rules.topK(k, settings)],
  ['top_p', (p: number, settings) => rules.topP(p, settings)],
  ['min_p', (share: number, settings) => rules.minP(share, settings)],
  ['typical_p', (mass: number, settings) => rules.typical(mass, settings)],
  ['epsilon_cutoff', (epsilon: number, settings) => rules.epsilonCutoff(epsilon, settings)],
  ['eta_cutoff', (epsilon: number, settings) => rules.etaCutoff(epsilon, settings)],
];

/** The two processors without an attribute, by the name of the case. */
const NAMED: readonly (readonly [name: string, rule: () => LogitsProcessor])[] = [
  ['renormalize', rules.renormalized],
  ['inf_nan_remove', rules.finite],
];

/** Scores after the processors of the attributes, and their softmax if the case expects it. */
export const logitsProcessorCases: Operation = async (given) => {
  const asked = rulesOf(given);
  if (asked.length === 0) return null;
  const tokens = (await (given.input('input_ids') as Tensor2D).array()) as number[][];
  const rows = (await (given.input('scores') as Tensor2D).array()).map((row) => Float32Array.from(row));
  const promptLength = promptLengthOf(given);
  for (const [index, row] of rows.entries()) {
    for (const rule of asked) rule(row, { tokens: tokens[index]!, promptLength });
  }
  const shape = given.shapeOf('scores') as [number, number];
  const scores = tensor(Float32Array.from(rows.flatMap((row) => [...row])), shape);
  if (!given.expects('probs')) return { scores };
  const probabilities = tensor(Float32Array.from(rows.flatMap(softmax)), shape);
  return { scores, probs: probabilities };
};

function rulesOf(given: OperationCase): LogitsProcessor[] {
  const endToken = given.attribute<number | number[]>('eos_token_id');
  const settings = {
    endTokens: endToken === undefined ? [] : [endToken].flat(),
    keep: given.attribute<number>('min_tokens_to_keep') ?? 1,
  };
  const found: LogitsProcessor[] = [];
  for (const [attribute, rule] of RULES) {
    const value = given.attribute<never>(attribute);
    if (value !== undefined) found.push(rule(value, settings));
  }
  if (found.length > 0) return found;
  return NAMED.filter(([name]) => given.name.includes(name)).map(([, rule]) => rule());
}

/**
 * Prompt length: Hugging Face forces the first token after a sequence of one token, and counts lengths without a prompt
 * from 0.
 */
function promptLengthOf(given: OperationCase): number {
  const told = given.attribute<number>('prompt_length') ?? given.attribute<number>('input_ids_seq_length');
  return told ?? (given.attribute('bos_token_id') === undefined ? 0 : 1);
}

function withoutEnds(words: number[][], endTokens: readonly number[]): number[][] {
  return words.filter((word) => !(word.length === 1 && endTokens.includes(word[0]!)));
}

function softmax(scores: Float32Array): number[] {
  const top = Math.max(...scores);
  const weights = Array.from(scores, (score) => Math.exp(score - top));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
