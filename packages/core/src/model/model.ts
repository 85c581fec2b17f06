import { type Scalar, type Tensor, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import { SequiturError } from '../errors.js';
import type { Random } from '../random.js';
import type { Module } from './module.js';
import type { StateTree } from './state-tree.js';

/**
 * An observer of intermediate values by name (`blocks.0.attention.weights`); a tensor is valid only during the call.
 */
export interface Observe {
  (name: string, tensor: Tensor): void;
  /** Whether a name is observed: values that are computed only for observers are skipped otherwise. Absent: all are. */
  readonly isObserved?: ((name: string) => boolean) | undefined;
}

/** The context of a computation: each part uses what concerns it and passes the context on. */
export interface Context {
  /** The random generator of dropout; present in training only. */
  readonly random?: Random | undefined;
  readonly observe?: Observe | undefined;
  /** Receives the logits [tokens, experts] of each router, valid only during the call. */
  readonly onRouted?: ((logits: Tensor2D) => void) | undefined;
}

/** A load balancing loss, which keeps the experts of a mixture equally busy. */
export interface RouterBalance {
  /** Weight of the loss in training; 0 disables it. */
  readonly coefficient: number;
  /**
   * The loss of one batch.
   *
   * @param logits of every router in turn, each [tokens, experts]
   * @param attentionMask [batch, length], 0 at padding, which is not counted
   * @returns a scalar without the coefficient, which the caller disposes
   */
  loss(logits: readonly Tensor2D[], attentionMask?: Tensor2D): Scalar;
}

/** The context of a sequence mixer. */
export interface MixContext extends Context {
  /** Padding mask [batch, length], 1 where this chunk holds a real token and 0 at padding. Absent: no padding. */
  readonly attentionMask?: Tensor2D | undefined;
  /** Position ids, int32 [batch, length]. Absent: counted from the state. */
  readonly positions?: Tensor2D | undefined;
  /**
   * Packed sequences: [batch, length], 1 at the first token of each sequence in a row, which is independent of earlier
   * ones, else 0. Mixers with a state reset it there, attention masks other sequences, and mixers that can do neither
   * throw an error. Absent: none.
   */
  readonly resets?: Tensor2D | undefined;
  /** The vectors that the first block of a stack reads, [batch, length, width], for blocks that read them again. */
  readonly embedded?: Tensor3D | undefined;
}

/** The context of a step of a causal model. */
export interface StepContext extends MixContext {
  /** Logits of every token of the chunk (the default), or of the last one only: `[batch, 1, vocabulary]`. */
  readonly logits?: 'all' | 'last' | undefined;
}

/** The common interface of all sequence models. */
export interface SequenceModel extends Module {
  readonly vocabularySize: number;
  /** Maximum sequence length in tokens; `Infinity` where unbounded. */
  readonly contextLength: number;
}

/**
 * A causal language model: predicts each next token from earlier ones. Training is one long chunk, prefill one chunk,
 * decoding chunks of one: the laws test that they agree (`@sequitur/laws`).
 */
export interface CausalModel<S extends StateTree = StateTree> extends SequenceModel {
  /**
   * Length in tokens beyond which a sequence is computed differently from its first token on, as with LongRoPE. A state
   * of at most this length cannot be continued beyond it: the sequence must be read again. Absent: no such length.
   */
  readonly rereadLength?: number | undefined;
  /** The load balancing loss of its experts, for training. Absent: no experts. */
  readonly balance?: RouterBalance | undefined;
  /** The state before the first token. The caller disposes it. */
  initState(batchSize: number): S;
  /**
   * Reads `tokens` int32 [batch, length >= 1] after the tokens of `state`, which stays valid.
   * The caller disposes `logits` [batch, length, vocabulary] and the new state.
   */
  step(tokens: Tensor2D, state: S, context?: StepContext): { logits: Tensor3D; state: S };
}

/** The context of an encoder. */
export interface EncodeContext extends Context {
  /** Padding mask [batch, length], 1 at real tokens and 0 at padding. Absent: no padding. */
  readonly attentionMask?: Tensor2D | undefined;
  /** Token type ids, int32 [batch, length]: the segment (sentence A or B) of each token. */
  readonly tokenTypes?: Tensor2D | undefined;
  readonly positions?: Tensor2D | undefined;
}

/** A bidirectional encoder: reads a whole sequence at once. */
export interface Encoder extends SequenceModel {
  /** tokens int32 [batch, length] -> [batch, length, width], which the caller disposes. */
  encode(tokens: Tensor2D, context?: EncodeContext): Tensor3D;
}

/** A sequence-to-sequence (encoder-decoder) model. */
export interface SequenceToSequenceModel extends SequenceModel {
  /**
   * The decoder for an encoded `source` [batch, length]: a causal model, which the caller disposes.
   *
   * Its state holds the encoded source, row by row, from `initState(batch)` on: beam search reads the first tokens with
   * one row per source, then repeats the rows of the state with `reorder`.
   */
  conditionedOn(source: Tensor2D, context?: EncodeContext): CausalModel;
}

/** A sequence mixer: moves information along the sequence, as attention and state space models do. */
export interface SequenceMixer<S extends StateTree = StateTree> extends Module {
  /** False where a position may depend on later ones: causal models refuse such a mixer. Absent: causal. */
  readonly isCausal?: boolean | undefined;
  initState(batchSize: number): S;
  /** x [batch, length >= 1, width] after the tokens of `state` -> output of the same shape. `state` stays valid. */
  mix(x: Tensor3D, state: S, context: MixContext): { output: Tensor3D; state: S };
}

/**
 * Refuses packed sequences, for parts that cannot separate them.
 *
 * @throws SequiturError where `resets` is given
 */
export function refuseResets(where: string, { resets }: Pick<MixContext, 'resets'>): void {
  if (!resets) return;
  throw new SequiturError({
    where,
    expected: 'one sequence in each row',
    got: 'resets',
    fix: 'Give each sequence a separate row',
  });
}

/** A context whose observed names are prefixed by `part`. */
export function within<C extends Context>(context: C, part: string): C {
  const { observe } = context;
  if (!observe) return context;
  const { isObserved } = observe;
  const below: Observe = Object.assign((name: string, tensor: Tensor) => observe(`${part}.${name}`, tensor), {
    isObserved: isObserved && ((name: string) => isObserved(`${part}.${name}`)),
  });
  return { ...context, observe: below };
}

/** Observes a value lazily: it is computed only if its name is observed. */
export function observeLazily({ observe }: Context, name: string, compute: () => Tensor): void {
  if (observe && (observe.isObserved?.(name) ?? true)) tidy(() => observe(name, compute()));
}
