import { type Clock, clocks } from './clock.js';

/** Something to be timed against others. */
export interface Contender {
  readonly name: string;
  /** Puts itself in place; its time does not count. */
  prepare?(): void | Promise<void>;
  /** One run to its end: whatever was asked of a GPU is done when it returns. */
  run(): void | Promise<void>;
}

export interface RoundOptions {
  readonly rounds: number;
  /** Rounds before, which do not count; default 1. */
  readonly warmUp?: number;
  /** A contender runs again within a round until so many milliseconds have passed, and the mean counts; default 0. */
  readonly leastTime?: number;
  /** Default the wall clock. */
  readonly clock?: Clock;
  readonly onRound?: (round: number) => void;
}

/**
 * Times the contenders in turn, round after round, so that whatever else the machine does strikes all of them alike.
 *
 * @returns milliseconds per run, one for each round, by the contender's name
 */
export async function interleaved(
  contenders: readonly Contender[],
  { rounds, warmUp = 1, leastTime = 0, clock = clocks.wall, onRound }: RoundOptions,
): Promise<Map<string, number[]>> {
  const times = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (let round = -warmUp; round < rounds; round++) {
    onRound?.(round);
    for (const contender of contenders) {
      await contender.prepare?.();
      const time = await timeOf(contender, round < 0 ? 0 : leastTime, clock);
      if (round >= 0) times.get(contender.name)!.push(time);
    }
  }
  return times;
}

async function timeOf(contender: Contender, leastTime: number, clock: Clock): Promise<number> {
  const started = clock();
  for (let runs = 1; ; runs++) {
    await contender.run();
    const elapsed = clock() - started;
    if (elapsed >= leastTime) return elapsed / runs;
  }
}
