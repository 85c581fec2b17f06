import type { CausalModel, Module } from '@sequitur/core';
import type { GenerationSettings } from '@sequitur/generation';
import type { FileSink, StoredTensor, WeightRule } from '@sequitur/pretrained';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Finding } from '../comparison.js';

export type Rows = readonly (readonly number[])[];

/** The inputs of a Hugging Face forward call, with the names of inputs.json. */
export interface ModelInputs {
  readonly input_ids: Rows;
  readonly attention_mask?: Rows;
  readonly position_ids?: Rows;
  readonly token_type_ids?: Rows;
  readonly global_attention_mask?: Rows;
  readonly decoder_input_ids?: Rows;
  readonly decoder_attention_mask?: Rows;
  /** Whether router logits are returned and the load balancing loss is added. */
  readonly output_router_logits?: boolean;
}

/** Labels such as `labels` and `start_positions`; each class reads those of its loss. */
export type Labels = Readonly<Record<string, unknown>>;

/** Outputs by the names of Hugging Face's class: `logits`, `hidden_states.1`, `loss`. */
export type Outputs = Readonly<Record<string, Tensor>>;

/** Start of a generation: a causal model and one prompt per row, without padding. */
export interface GenerationStart {
  readonly model: CausalModel;
  readonly prompts: Rows;
  /** Frees the start's resources other than the model under test. */
  dispose?(): void;
}

/** A model and the functions to compare it with its Hugging Face class. */
export interface ModelUnderTest {
  /** The module with the parameters; its opener disposes it. */
  readonly model: Module;
  readonly rules: readonly WeightRule[];
  /**
   * One forward call. With labels, `loss` is among the outputs and can be differentiated. The outputs belong to the
   * caller.
   *
   * @param observing also gives hidden states and attention maps
   */
  forward(inputs: ModelInputs, labels: Labels | undefined, observing: boolean): Outputs;
  /** For classes that generate. `settings` may give the start token of a decoder. */
  startGeneration?(inputs: ModelInputs, settings: GenerationSettings): GenerationStart;
  /** Comparisons other than forward calls, gradients and generation: caches, segments. */
  compareMore?(inputs: ModelInputs, expected: ReadonlyMap<string, StoredTensor>): Promise<Finding[]>;
}

/** A model whose folder has inputs in a special format. */
export interface ModelWithOwnFormat {
  readonly model: Module;
  readonly rules: readonly WeightRule[];
  /** Compares all expected values of the folder. */
  compare(expected: ReadonlyMap<string, StoredTensor>): Promise<Finding[]>;
}

/** A model that can be saved as a folder. */
export interface SavableModel {
  savePretrained(location: FileSink): Promise<void>;
  dispose(): void;
}
