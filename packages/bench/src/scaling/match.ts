import { SequiturError } from '@sequitur/core';
import type { Candidate } from './candidate.js';

/** Largest relative difference of sizes that count as equal. */
export const TOLERANCE = 0.03;

/**
 * The value of a candidate's knob at which its size, which grows with the knob, is the wanted one.
 *
 * @throws SequiturError if no value comes within 3 %
 */
export function matchKnob(
  candidate: Pick<Candidate, 'name' | 'knob'>,
  wanted: number,
  measure: (knob: number) => number,
): number {
  let [below, above] = [1, 2];
  while (measure(above) < wanted && above < 2 ** 20) [below, above] = [above, 2 * above];
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (measure(middle) < wanted) below = middle;
    else above = middle;
  }
  const distance = (knob: number) => Math.abs(measure(knob) / wanted - 1);
  const best = distance(below) < distance(above) ? below : above;
  if (distance(best) <= TOLERANCE) return best;
  throw new SequiturError({
    where: `${candidate.name}, ${candidate.knob}`,
    expected: `a size within ${100 * TOLERANCE} % of ${wanted}`,
    got: `${measure(best)} at ${best}`,
    fix: 'Omit this architecture, or use larger models',
  });
}
