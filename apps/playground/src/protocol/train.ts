import type { Command, Fault } from './messages.js';
import type { ModelSpec, Recipe } from './recipe.js';

export type RunStatus = 'running' | 'paused' | 'done' | 'stopped' | 'failed';

/** Cost of a model, computed before training. */
export interface ModelCost {
  readonly parameters: number;
  /** Operations of one step: forward and backward over the whole batch. */
  readonly flopsPerStep: number;
  /** Bytes of the state after `stateLength` tokens of one sequence. */
  readonly stateBytes: number;
  readonly stateLength: number;
  readonly vocabularySize: number;
}

/** Learning curve by step; index 0 is step 1. */
export interface Curve {
  readonly loss: number[];
  /** Training time without evaluations and samples. */
  readonly seconds: number[];
  readonly validation: { readonly step: number; readonly loss: number }[];
}

/** A generated sample of a run at a step. */
export interface Sample {
  readonly step: number;
  readonly prompt: string;
  readonly text: string;
  /** For tasks: which tokens of `text` are right. */
  readonly right?: readonly boolean[];
}

/** Accuracy on a task. */
export interface TaskScore {
  readonly step: number;
  /** Accuracy at 1, 2 and 4 times the training length. */
  readonly lengths: readonly { readonly size: number; readonly tokens: number; readonly accuracy: number }[];
  /** Accuracy by the position in the answer or its distance, at the training length. */
  readonly places: readonly { readonly place: number; readonly accuracy: number }[];
}

/** A stored run without its curve. */
export interface RunInfo {
  readonly id: string;
  readonly spec: ModelSpec;
  readonly recipe: Recipe;
  readonly status: RunStatus;
  readonly step: number;
  /** Total number of steps, if the budget determines it. */
  readonly steps: number | null;
  readonly cost: ModelCost;
  /** The last saved step. */
  readonly savedStep: number;
  readonly tokensPerSecond: number | null;
  /** Peak bytes of training. */
  readonly bytes: number | null;
  readonly samples: readonly Sample[];
  readonly scores: readonly TaskScore[];
  /** Why and at which step the run failed; its last checkpoint is kept. */
  readonly fault?: Fault & { readonly step: number };
  /** Creation time, for the order. */
  readonly created: number;
}

export interface Run extends RunInfo {
  readonly curve: Curve;
}

/** New steps of a run since the last event. */
export interface Progress {
  readonly id: string;
  /** The first of the new steps, from 1. */
  readonly from: number;
  readonly loss: readonly number[];
  readonly seconds: readonly number[];
  readonly validation: Curve['validation'];
  readonly info: RunInfo;
}

export interface TrainCommands {
  /** All stored runs. */
  readonly 'train.list': Command<void, readonly Run[]>;
  /** Cost of a model under a recipe, without training. */
  readonly 'train.cost': Command<{ readonly spec: ModelSpec; readonly recipe: Recipe }, ModelCost>;
  /** The same model with another feed-forward width, to match a parameter count within 3 %. */
  readonly 'train.match': Command<
    { readonly spec: ModelSpec; readonly recipe: Recipe; readonly parameters: number },
    ModelSpec
  >;
  readonly 'train.start': Command<{ readonly spec: ModelSpec; readonly recipe: Recipe }, Run>;
  /** Stops after the current step, which is saved. */
  readonly 'train.pause': Command<{ readonly id: string }>;
  readonly 'train.resume': Command<{ readonly id: string }>;
  /** Ends a run before its budget. */
  readonly 'train.stop': Command<{ readonly id: string }>;
  readonly 'train.rename': Command<{ readonly id: string; readonly name: string }>;
  readonly 'train.delete': Command<{ readonly id: string }>;
  /** A zip of a Hugging Face folder. */
  readonly 'train.save': Command<{ readonly id: string }, { readonly name: string; readonly zip: Uint8Array }>;
  /**
   * Stores a text of the user.
   * @returns its name
   */
  readonly 'train.addText': Command<{ readonly title: string; readonly text: string }, { readonly text: string }>;
}

export interface TrainEvents {
  readonly 'train.progress': Progress;
  readonly 'train.changed': RunInfo;
  /** Progress message before the first step: `Learning 1,024 tokens from Moby-Dick`. */
  readonly 'train.preparing': { readonly id: string; readonly what: string; readonly share: number | null };
}
