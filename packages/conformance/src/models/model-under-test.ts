import type { CausalModel, Module } from '@sequitur/core';
import type { GenerationSettings } from '@sequitur/generation';
import type { FileSink, StoredTensor, WeightRule } from '@sequitur/pretrained';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Finding } from '../comparison.js';

export type Rows = readonly (readonly number[])[];

/** The inputs of a Hugging Face forward call, as inputs.json spells them. */
export interface ModelInputs {
  readonly input_ids: Rows;
  readonly attention_mask?: Rows;
  readonly position_ids?: Rows;
  readonly token_type_ids?: Rows;
  readonly global_attention_mask?: Rows;
  readonly decoder_input_ids?: Rows;
  readonly decoder_attention_mask?: Rows;
  /** Whether what routers of experts do is given, and balanced by the loss. */
  readonly output_router_logits?: boolean;
}

/** `labels`, `start_positions` and the like: each class reads its own. */
export type Labels = Readonly<Record<string, unknown>>;

/** Outputs by the names of Hugging Face's class: `logits`, `hidden_states.1`, `loss`. */
export type Outputs = Readonly<Record<string, Tensor>>;

/** What generation starts from: a causal model and one prompt per row, without padding. */
export interface GenerationStart {
  readonly model: CausalModel;
  readonly prompts: Rows;
  /** Frees what the start holds beside the model under test. */
  dispose?(): void;
}

/** A model of ours with what is needed to compare it with its Hugging Face class. */
export interface ModelUnderTest {
  /** Holds the parameters; disposed by whoever opened it. */
  readonly model: Module;
  readonly rules: readonly WeightRule[];
  /**
   * One forward call. With labels, `loss` is among the outputs and can be differentiated. The outputs belong to the
   * caller.
   *
   * @param observing also gives hidden states and attention maps
   */
  forward(inputs: ModelInputs, labels: Labels | undefined, observing: boolean): Outputs;
  /** Where the class generates. `settings` may say with which token a decoder starts. */
  startGeneration?(inputs: ModelInputs, settings: GenerationSettings): GenerationStart;
  /** What is compared beside forward calls, gradients and generation: caches, segments. */
  compareMore?(inputs: ModelInputs, expected: ReadonlyMap<string, StoredTensor>): Promise<Finding[]>;
}

/** A model whose folder has inputs of a special form. */
export interface ModelWithOwnForm {
  readonly model: Module;
  readonly rules: readonly WeightRule[];
  /** Compares all that the folder expects. */
  compare(expected: ReadonlyMap<string, StoredTensor>): Promise<Finding[]>;
}

/** A model that writes the folder it was loaded from. */
export interface SavableModel {
  savePretrained(location: FileSink): Promise<void>;
  dispose(): void;
}
