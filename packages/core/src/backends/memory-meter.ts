import { engine } from '@tensorflow/tfjs-core';

/** Follows the bytes of live tensors, to know their peak. */
export interface MemoryMeter {
  readonly live: number;
  readonly peak: number;
  readonly tensors: number;
  resetPeak(): void;
  /** Stops following. */
  stop(): void;
}

/**
 * tfjs counts the bytes of live tensors in one number of its engine's state and keeps no peak: here that number
 * becomes a property that remembers the highest value it was set to.
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
