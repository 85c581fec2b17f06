import { type Range, ranges } from '@sequitur/core';

/** How a backward's channels are cut, the same whatever the number of threads: so the bits do not depend on it. */
export interface GradientParts {
  /** Of the channels of all groups. */
  readonly parts: readonly Range[];
  /** How many parts each group was cut into, whose sums over channels are to be added up; 1: parts are whole groups. */
  readonly ofGroup: number;
}

/** So many for all groups together, where channels are many. */
const PARTS = 8;
/** Channels of a part: so many outweigh what its sums take. */
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
