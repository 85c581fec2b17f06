import { type Clock, clocks } from './clock.js';

interface Named {
  readonly name: string;
  /** Setup before each turn, which is not timed. */
  prepare?(): void | Promise<void>;
}

/** A candidate to be timed against others. */
export type Contender = Named &
  (
    | {
        /** One complete run: work on a GPU is finished when it returns. */
        run(): void | Promise<void>;
      }
    | {
        /**
         * Runs a whole turn in another process, which times itself.
         *
         * @param leastTime milliseconds, as in {@link RoundOptions}
         * @returns milliseconds per run
         */
        turn(leastTime: number): Promise<number>;
      }
  );

export interface RoundOptions {
  readonly rounds: number;
  /** Number of untimed rounds before; default 1. */
  readonly warmUp?: number;
  /** Minimum time of a contender within a round in milliseconds: it is repeated, and the mean is taken; default 0. */
  readonly leastTime?: number;
  /** Milliseconds of rest before each turn, until spinning threads of the previous contender sleep; default 0. */
  readonly rest?: number;
  /** Clock; default the wall clock. */
  readonly clock?: Clock;
  readonly onRound?: (round: number) => void;
}

/** Timing options of a suite. */
export type Timing = Pick<RoundOptions, 'rest'> & Required<Pick<RoundOptions, 'rounds' | 'clock'>>;

/**
 * Times the contenders in turn, round after round, so that other load on the machine affects all of them equally.
 *
 * @returns milliseconds per run, one for each round, by the contender's name
 */
export async function interleaved(
  contenders: readonly Contender[],
  { rounds, warmUp = 1, leastTime = 0, rest = 0, clock = clocks.wall, onRound }: RoundOptions,
): Promise<Map<string, number[]>> {
  const times = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (let round = -warmUp; round < rounds; round++) {
    onRound?.(round);
    for (const contender of contenders) {
      if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
      await contender.prepare?.();
      const time = await timeOf(contender, round < 0 ? 0 : leastTime, clock);
      if (round >= 0) times.get(contender.name)!.push(time);
    }
  }
  return times;
}

/** Milliseconds per run: of one run, or the mean of the runs that fit into `leastTime`. */
export async function timeOf(contender: Contender, leastTime: number, clock: Clock): Promise<number> {
  if ('turn' in contender) return contender.turn(leastTime);
  const started = clock();
  for (let runs = 1; ; runs++) {
    await contender.run();
    const elapsed = clock() - started;
    if (elapsed >= leastTime) return elapsed / runs;
  }
}
