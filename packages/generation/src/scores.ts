import { SequiturError } from '@sequitur/core';
import type { SequenceInRow } from './row.js';

const NONE_POSSIBLE = '-Infinity for every token';

/**
 * Checks the model's scores of the next token. Tokens of -Infinity are impossible; NaN and Infinity mean that the model
 * is broken.
 *
 * @throws SequiturError naming the row, the position and the step
 */
export function checkScores(scores: Float32Array, sequence: SequenceInRow): void {
  const broken = firstBroken(scores);
  if (!broken && scores.some((score) => score > -Infinity)) return;
  throw new SequiturError({
    where: `generation, ${placeOf(sequence)}`,
    expected: 'finite scores from the model',
    got: broken ?? NONE_POSSIBLE,
    fix: 'The weights or the input are not finite: the model has diverged in training (a learning rate that is too high), or a value has overflowed. The option `finite` replaces such scores',
  });
}

/**
 * Checks the scores after all processors: at least one token is possible. A beam without one is dropped by its search.
 *
 * @throws SequiturError naming the row, the position and the step
 */
export function checkProcessed(scores: Float32Array, sequence: SequenceInRow): void {
  const broken = firstBroken(scores);
  if (broken) {
    throw new SequiturError({
      where: `generation, ${placeOf(sequence)}`,
      expected: 'logits processors that return finite scores, or -Infinity',
      got: broken,
    });
  }
  if (!sequence.isBeam && !scores.some((score) => score > -Infinity)) throw noTokenLeft(sequence);
}

/** The error of a sequence whose options forbid every token. */
export function noTokenLeft(sequence: SequenceInRow): SequiturError {
  return new SequiturError({
    where: `generation, ${placeOf(sequence)}`,
    expected: 'at least one possible token',
    got: NONE_POSSIBLE,
    fix: 'Relax the options that forbid tokens',
  });
}

/** The first score that is NaN or Infinity, and its token; null where there is none. */
function firstBroken(scores: Float32Array): string | null {
  const token = scores.findIndex((score) => !(score < Infinity));
  return token < 0 ? null : `${scores[token]} for token ${token}`;
}

function placeOf({ index, tokens, promptLength }: SequenceInRow): string {
  return `row ${index}, position ${tokens.length}, step ${tokens.length - promptLength}`;
}
