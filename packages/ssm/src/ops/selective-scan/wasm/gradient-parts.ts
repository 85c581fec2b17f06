import { type Range, ranges } from '@sequitur/core';

/**
 * The division of the channels of a backward pass. It does not depend on the number of threads, so neither do the
 * results.
 */
export interface GradientParts {
  /** Ranges of the channels of all groups. */
  readonly parts: readonly Range[];
  /** Parts per group, whose sums over channels are added up; 1: parts are whole groups. */
  readonly ofGroup: number;
}

/** Number of parts over all groups, where there are many channels. */
const PARTS = 8;
/** Minimum channels per part: with fewer, the additional sums cost more than they save. */
const LEAST = 32;

export function gradientParts(inner: number, groups: number): GradientParts {
  const width = inner / groups;
  const cuts = ranges(width, Math.ceil(PARTS / groups), LEAST);
  if (cuts.length === 1) {
    const whole = ranges(groups, PARTS).map(({ from, count }) => ({ from: from * width, count: count * width }));
    return { parts: whole, ofGroup: 1 };
  }
  const parts = Array.from({ length: groups }, (_, group) =>
    cuts.map(({ from, count }) => ({ from: group * width + from, count })),
  );
  return { parts: parts.flat(), ofGroup: cuts.length };
}
