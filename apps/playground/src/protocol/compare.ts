import type { Family } from '../architectures/index.js';
import type { Command } from './messages.js';

export type CompareMode = 'train' | 'prefill' | 'decode';

/** What can be measured on. */
export type MeasuredBackend = 'webgpu' | 'wasm' | 'cpu';

export interface CompareSettings {
  readonly backend: MeasuredBackend;
  readonly architectures: readonly string[];
  /** Sequence lengths, ascending. */
  readonly lengths: readonly number[];
  readonly rounds: number;
  readonly width: number;
}

export interface MeasuredPoint {
  readonly length: number;
  /** Milliseconds per run, in decoding per token. */
  readonly time: number;
  readonly peakBytes: number | null;
  readonly stateBytes: number | null;
  readonly flops: number | null;
  /** What the model declares, and for the time: that of the length before, times how its declared operations grow. */
  readonly predicted: {
    readonly time: number | null;
    readonly stateBytes: number | null;
    readonly flops: number | null;
  };
}

/** An architecture with its size and its loss. */
export interface MeasuredArchitecture {
  readonly name: string;
  readonly family: Family;
  readonly parameters: number;
  /** Validation loss after a moment of training on the same text; null where it was not trained. */
  readonly trained: { readonly loss: number; readonly steps: number; readonly seconds: number } | null;
}

/** One architecture in one mode. */
export interface MeasuredCurve {
  readonly architecture: string;
  readonly family: Family;
  readonly mode: CompareMode;
  readonly points: readonly MeasuredPoint[];
  /** Power law of the time on the longest lengths; null if too few are above the noise. */
  readonly law: { readonly exponent: number; readonly margin: number; readonly intercept: number } | null;
  /** From this length on it is faster than the first one. */
  readonly overtakesAt: number | null;
}

/** Results so far. */
export interface Comparison {
  /** Start time and machine, for the line below the table. */
  readonly started: string;
  readonly backend: MeasuredBackend;
  readonly on: string;
  readonly architectures: readonly MeasuredArchitecture[];
  readonly curves: readonly MeasuredCurve[];
  /** Summary, as in the bench's report. */
  readonly sentences: readonly string[];
  /** JSON Lines, as `bench report` reads them. */
  readonly lines: string;
}

export interface CompareProgress {
  readonly done: number;
  readonly all: number;
  readonly now: string;
  readonly comparison: Comparison | null;
}

export interface CompareCommands {
  /** The available architectures with their families. */
  readonly 'compare.choices': Command<void, readonly { readonly name: string; readonly family: Family }[]>;
  /** The last comparison on each backend that was measured or opened in this browser. */
  readonly 'compare.last': Command<void, readonly Comparison[]>;
  readonly 'compare.measure': Command<CompareSettings, Comparison, CompareProgress>;
  /** Reads a results file of the bench. */
  readonly 'compare.read': Command<{ readonly lines: string }, Comparison>;
}
