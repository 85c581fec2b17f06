import { Random } from '@sequitur/core';
import { Batches } from '@sequitur/text';
import type { TokenBatch } from '@sequitur/train';

/** Associative recall: facts at the beginning, questions at the end, noise between. */
export interface RecallTask {
  /**
   * Number of facts at the beginning of the first segment, each with a different key; the end of the last segment asks
   * for all.
   */
  readonly facts: number;
  readonly keys: number;
  readonly values: number;
  /** Number of noise tokens. */
  readonly noises: number;
  readonly segmentLength: number;
}

export interface TextOptions {
  readonly batchSize: number;
  readonly seed: string;
  /** Number of segments of a sequence. */
  readonly segments: number;
  /**
   * Curriculum: the first batches have one segment, the next one or two, and so on up to `segments`. Default: all
   * batches have `segments`.
   */
  readonly growEvery?: number;
}

/** Ignored label. */
const NONE = -100;

/** Vocabulary size: a token for each fact `key is value`, each question `key is?`, each value, and each noise token. */
export function vocabularyOf({ keys, values, noises }: RecallTask): number {
  return keys * values + keys + values + noises;
}

/** Accuracy of a uniform guess among the values. */
export function chanceOf({ values }: RecallTask): number {
  return 1 / values;
}

/** Endless batches without repetition; an interrupted run resumes from its position. */
export function recallTexts(
  task: RecallTask,
  { batchSize, seed, segments, growEvery }: TextOptions,
): Batches<TokenBatch> {
  const all = Random.fromSeed(`associative recall ${seed}`);
  const identity = { ...task, batchSize, seed, segments, growEvery: growEvery ?? null };
  return Batches.from(identity, { drawn: 0 }, ({ drawn }) => {
    const random = all.fork(drawn);
    const count = growEvery ? 1 + random.integer(Math.min(segments, 1 + Math.floor(drawn / growEvery))) : segments;
    const texts = Array.from({ length: batchSize }, () => recallText(task, count, random));
    const batch = { inputs: texts.map(({ tokens }) => tokens), labels: texts.map(({ labels }) => labels) };
    return { batch, state: { drawn: drawn + 1 } };
  });
}

function recallText({ facts, keys, values, noises, segmentLength }: RecallTask, segments: number, random: Random) {
  const length = segments * segmentLength;
  const [firstQuestion, firstValue] = [keys * values, keys * values + keys];
  const tokens = Int32Array.from({ length }, () => firstValue + values + random.integer(noises));
  const labels = new Int32Array(length).fill(NONE);
  const chosen = random.shuffle(Array.from({ length: keys }, (_, key) => key)).slice(0, facts);
  const known = chosen.map((key) => ({ key, value: random.integer(values) }));
  for (const [place, { key, value }] of known.entries()) tokens[place] = key * values + value;
  for (const [index, { key, value }] of random.shuffle([...known]).entries()) {
    const place = length - facts + index;
    tokens[place] = firstQuestion + key;
    labels[place] = firstValue + value;
  }
  return { tokens, labels };
}
