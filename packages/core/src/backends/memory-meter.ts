import { engine } from '@tensorflow/tfjs-core';

/** Tracks the bytes of live tensors and their peak. */
export interface MemoryMeter {
  readonly live: number;
  readonly peak: number;
  readonly tensors: number;
  resetPeak(): void;
  /** Stops tracking. */
  stop(): void;
}

/**
 * Starts a memory meter. tfjs counts the bytes of live tensors in a field of its engine's state and keeps no peak: the
 * field becomes a property that records its maximum.
 */
export function startMemoryMeter(): MemoryMeter {
  const { state } = engine();
  let live = state.numBytes;
  let peak = live;
  Object.defineProperty(state, 'numBytes', {
    configurable: true,
    enumerable: true,
    get: () => live,
    set: (bytes: number) => {
      live = bytes;
      if (bytes > peak) peak = bytes;
    },
  });
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
      Object.defineProperty(state, 'numBytes', { configurable: true, enumerable: true, writable: true, value: live });
    },
  };
}
