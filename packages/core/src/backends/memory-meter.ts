import { engine } from '@tensorflow/tfjs-core';

/** A meter of the bytes of live buffers and their peak. */
export interface MemoryMeter {
  readonly live: number;
  readonly peak: number;
  readonly tensors: number;
  resetPeak(): void;
  /** Stops tracking. */
  stop(): void;
}

/** The parts of tfjs's record of a tensor's buffer that are needed here. */
interface DataInfo {
  readonly bytes: number;
}

/** The parts of tfjs's engine state that are followed. */
interface EngineState {
  readonly numTensors: number;
  /** By the buffer's id; in a `WeakMap`, since ids live as long as tensors. */
  tensorInfo: Pick<WeakMap<object, DataInfo>, 'get' | 'has' | 'set' | 'delete'>;
}

/**
 * tfjs counts the bytes of live tensors, a buffer once for each view of it, and keeps no peak. The table in which its
 * engine looks up buffers has one entry for each: here it is replaced by one that counts the bytes of entries that are
 * added and removed.
 */
export function startMemoryMeter(): MemoryMeter {
  const state = engine().state as unknown as EngineState;
  const table = state.tensorInfo;
  const counted = new WeakMap<object, number>();
  let [live, peak] = [0, 0];
  const forget = (id: object) => {
    live -= counted.get(id) ?? 0;
    counted.delete(id);
  };
  state.tensorInfo = {
    get: (id) => table.get(id),
    has: (id) => table.has(id),
    set(id, info) {
      forget(id);
      counted.set(id, info.bytes);
      live += info.bytes;
      if (live > peak) peak = live;
      table.set(id, info);
      return table as WeakMap<object, DataInfo>;
    },
    delete(id) {
      forget(id);
      return table.delete(id);
    },
  };
  return {
    get live() {
      return live;
    },
    get peak() {
      return peak;
    },
    get tensors() {
      return state.numTensors;
    },
    resetPeak: () => {
      peak = live;
    },
    stop: () => {
      state.tensorInfo = table;
    },
  };
}
