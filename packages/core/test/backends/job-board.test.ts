import { afterEach, describe, expect, it, vi } from 'vitest';
import { JobBoard } from '../../src/backends/wasm/threads/job-board.js';

afterEach(() => vi.restoreAllMocks());

const CALLS = [
  [1, 2],
  [3, 4],
  [5, 6],
];

function takeAll(board: JobBoard): number[][] {
  const taken: number[][] = [];
  board.takeCalls((_module, _kernel, numbers) => taken.push([...numbers]));
  return taken;
}

describe('JobBoard', () => {
  it('gives each call once, to whoever asks, and nothing of a job that is over', () => {
    const board = new JobBoard();
    const other = new JobBoard(board.memory);
    expect(takeAll(other)).toEqual([]);
    board.post({ module: 0, kernel: 0, calls: CALLS });
    expect(takeAll(other).sort()).toEqual(CALLS);
    expect(takeAll(board)).toEqual([]);
    expect(board.finish(CALLS.length)).toBe('done');
  });

  it('has calls to take as soon as a thread can see that there is another job', () => {
    const board = new JobBoard();
    const other = new JobBoard(board.memory);
    const { number } = other;
    const taken: number[][] = [];
    const add = Atomics.add.bind(Atomics) as typeof Atomics.add;
    vi.spyOn(Atomics, 'add').mockImplementation(((words: Int32Array, word: number, value: number) => {
      const before = add(words, word, value);
      if (other.number !== number && taken.length === 0) taken.push(...takeAll(other));
      return before;
    }) as typeof Atomics.add);
    board.post({ module: 0, kernel: 0, calls: CALLS });
    expect(taken.sort()).toEqual(CALLS);
  });

  it('continues where the number of jobs overflows its word', () => {
    const board = new JobBoard();
    new Int32Array(board.memory)[0] = 2 ** 31 - 3;
    for (let job = 0; job < 6; job++) {
      const { number } = board;
      board.post({ module: 0, kernel: 0, calls: CALLS });
      board.awaitJob(number);
      expect(takeAll(board)).toHaveLength(CALLS.length);
      expect(board.finish(CALLS.length)).toBe('done');
    }
    expect(board.number).toBe(-(2 ** 31) + 3);
  });

  it('says of a job that a call of it failed, and not of the next', () => {
    const board = new JobBoard();
    const fail = () => {
      throw new Error('no');
    };
    board.post({ module: 0, kernel: 0, calls: CALLS });
    board.takeCalls(fail);
    expect(board.finish(CALLS.length)).toBe('failed');
    board.post({ module: 0, kernel: 0, calls: CALLS });
    takeAll(board);
    expect(board.finish(CALLS.length)).toBe('done');
  });

  it('waits for a lost thread as long as it does, whatever becomes of the date', () => {
    const board = new JobBoard();
    board.post({ module: 0, kernel: 0, calls: [[1]] });
    let looks = 0;
    vi.spyOn(Date, 'now').mockImplementation(() => 1e12 * ++looks);
    vi.spyOn(Atomics, 'wait').mockImplementation(() => {
      if (looks++ > 3) takeAll(board);
      return 'timed-out';
    });
    expect(board.finish(1)).toBe('done');
  });
});
