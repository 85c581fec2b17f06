import type { Command, Fault } from './messages.js';
import type { ModelSpec, Recipe } from './recipe.js';

export type RunStatus = 'running' | 'paused' | 'done' | 'stopped' | 'failed';

/** What an architecture costs, counted before a step is made. */
export interface ModelCost {
  readonly parameters: number;
  /** Of one step: forward and backward over the whole batch. */
  readonly flopsPerStep: number;
  /** Bytes of the state after `stateLength` tokens of one text. */
  readonly stateBytes: number;
  readonly stateLength: number;
  readonly vocabularySize: number;
}

/** Learned so far, step by step; index 0 is step 1. */
export interface Curve {
  readonly loss: number[];
  /** Of training alone, evaluations and samples left out. */
  readonly seconds: number[];
  readonly validation: { readonly step: number; readonly loss: number }[];
}

/** What a run wrote after so many steps. */
export interface Sample {
  readonly step: number;
  readonly prompt: string;
  readonly text: string;
  /** Of a task: which of the tokens of `text` are right. */
  readonly right?: readonly boolean[];
}

/** How much of a task is right. */
export interface TaskScore {
  readonly step: number;
  /** At 1, 2 and 4 times the length of the training. */
  readonly lengths: readonly { readonly size: number; readonly tokens: number; readonly accuracy: number }[];
  /** By the place in the answer, or by how far back it lies, at the length of the training. */
  readonly places: readonly { readonly place: number; readonly accuracy: number }[];
}

/** A run as it is kept, but for its curve. */
export interface RunInfo {
  readonly id: string;
  readonly spec: ModelSpec;
  readonly recipe: Recipe;
  readonly status: RunStatus;
  readonly step: number;
  /** Steps in all, where the budget says how many. */
  readonly steps: number | null;
  readonly cost: ModelCost;
  /** The last step that is on the disk. */
  readonly savedStep: number;
  readonly tokensPerSecond: number | null;
  /** The most that training took at once. */
  readonly bytes: number | null;
  readonly samples: readonly Sample[];
  readonly scores: readonly TaskScore[];
  /** Why it stopped by itself, and at which step; the run stands at its last checkpoint. */
  readonly fault?: Fault & { readonly step: number };
  /** When it was begun, for the order. */
  readonly created: number;
}

export interface Run extends RunInfo {
  readonly curve: Curve;
}

/** New steps of a run since the last event. */
export interface Progress {
  readonly id: string;
  /** The first of the new steps, counted from 1. */
  readonly from: number;
  readonly loss: readonly number[];
  readonly seconds: readonly number[];
  readonly validation: Curve['validation'];
  readonly info: RunInfo;
}

export interface TrainCommands {
  /** All runs that are kept. */
  readonly 'train.list': Command<void, readonly Run[]>;
  /** What an architecture would cost under a recipe; nothing is trained. */
  readonly 'train.cost': Command<{ readonly spec: ModelSpec; readonly recipe: Recipe }, ModelCost>;
  readonly 'train.start': Command<{ readonly spec: ModelSpec; readonly recipe: Recipe }, Run>;
  /** Stops after the step at hand, which is kept. */
  readonly 'train.pause': Command<{ readonly id: string }>;
  readonly 'train.resume': Command<{ readonly id: string }>;
  /** Ends a run before its budget. */
  readonly 'train.stop': Command<{ readonly id: string }>;
  readonly 'train.rename': Command<{ readonly id: string; readonly name: string }>;
  readonly 'train.delete': Command<{ readonly id: string }>;
  /** A zip of a Hugging Face folder. */
  readonly 'train.save': Command<{ readonly id: string }, { readonly name: string; readonly zip: Uint8Array }>;
  /** Keeps a text of the reader's own. @returns its name */
  readonly 'train.addText': Command<{ readonly title: string; readonly text: string }, { readonly text: string }>;
}

export interface TrainEvents {
  readonly 'train.progress': Progress;
  readonly 'train.changed': RunInfo;
  /** Something long before the first step: `Learning 1,024 tokens from Moby-Dick`. */
  readonly 'train.preparing': { readonly id: string; readonly what: string; readonly share: number | null };
}
