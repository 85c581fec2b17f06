import type { Random } from '@sequitur/core';
import * as part from '../../src/patterns/index.js';

/** Any pattern for a sequence of about `length` tokens: a basic one, or a combination. */
export function randomPattern(random: Random, length: number, depth = 2): part.Pattern {
  const some = (most: number) => random.integer(most + 1);
  const inner = () => randomPattern(random, length, depth - 1);
  const kinds: (() => part.Pattern)[] = [
    () => part.causal(),
    () => part.full(),
    () => part.slidingWindow({ left: some(length), right: some(length) }),
    () => part.slidingWindow(1 + some(9)),
    () => part.dilated({ left: some(4), right: some(4), dilation: 1 + some(5) }),
    () => part.strided(1 + some(12)),
    () => part.fixed({ stride: 4 + some(12), summary: 1 + some(3) }),
    () => part.globalTokens(some(3)),
    () => part.globalTokens(Array.from({ length: some(3) }, () => some(length))),
    () => part.randomBlocks({ seed: some(99), blockSize: 1 + some(9), blocks: some(3) }),
    () => part.randomBlocks({ seed: some(99), blockSize: 1 + some(9), blocks: some(3), length }),
    () => part.chosenBlocks({ blockSize: 5, chosen: Array.from({ length: some(9) }, () => [some(9), some(9)]) }),
    () => part.documents(Array.from({ length: 1 + some(length) }, (_, index) => Math.floor(index / 7) + some(1))),
    () => part.prefix(some(length)),
  ];
  if (depth > 0) {
    kinds.push(
      () => part.either(inner(), inner()),
      () => part.both(inner(), inner()),
      () => part.either(inner(), inner(), inner()),
      () => part.both(part.causal(), inner()),
      () => part.except(inner(), inner()),
    );
  }
  return kinds[random.integer(kinds.length)]!();
}
