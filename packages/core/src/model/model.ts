import { type Tensor, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import type { Random } from '../random.js';
import type { Module } from './module.js';
import type { StateTree } from './state-tree.js';

/** Receives intermediate values by name (`blocks.0.attention.weights`); a tensor is valid only during the call. */
export interface Observe {
  (name: string, tensor: Tensor): void;
  /** Whether a name is watched: what is computed for the watcher alone is left out where it is not. Absent: every one is. */
  readonly isObserved?: ((name: string) => boolean) | undefined;
}

/** What accompanies a computation without being data: each part takes what concerns it and hands the rest on. */
export interface Context {
  /** Present while training: dropout draws from it. Absent: no dropout. */
  readonly random?: Random | undefined;
  readonly observe?: Observe | undefined;
}

/** What a sequence mixer may know about the positions it mixes. */
export interface MixContext extends Context {
  /** [batch, length], 1 where this chunk holds a real token and 0 where it holds padding. Absent: all real. */
  readonly attentionMask?: Tensor2D | undefined;
  /** int32 [batch, length], each token's position in its text. Absent: counted on from the state. */
  readonly positions?: Tensor2D | undefined;
  /**
   * [batch, length], 1 where a token begins a text that must know nothing of what stands before it in its row, else 0:
   * several texts packed into one row. Mixers that carry a state begin anew there. Absent: nowhere.
   */
  readonly resets?: Tensor2D | undefined;
}

/** What a causal model may be told about a chunk. */
export interface StepContext extends MixContext {
  /** Logits for every token of the chunk (the default), or only for its last one: `[batch, 1, vocabulary]`. */
  readonly logits?: 'all' | 'last' | undefined;
}

/** What every model has in common. */
export interface SequenceModel extends Module {
  readonly vocabularySize: number;
  /** The longest text the model can read, in tokens; `Infinity` where nothing bounds it. */
  readonly contextLength: number;
}

/**
 * Predicts each next token from those before it. Training is one long chunk, prefill one chunk, decoding chunks of
 * one: that they agree is a law (`@sequitur/laws`).
 */
export interface CausalModel<S extends StateTree = StateTree> extends SequenceModel {
  /** The state before the first token. The caller disposes it. */
  initState(batchSize: number): S;
  /**
   * Reads `tokens` int32 [batch, length >= 1] after all that `state` has seen. Pure: `state` stays valid.
   * The caller disposes `logits` [batch, length, vocabulary] and the new state.
   */
  step(tokens: Tensor2D, state: S, context?: StepContext): { logits: Tensor3D; state: S };
}

/** What an encoder may be told about its tokens. */
export interface EncodeContext extends Context {
  /** [batch, length], 1 where there is a real token and 0 where there is padding. Absent: all real. */
  readonly attentionMask?: Tensor2D | undefined;
  /** int32 [batch, length], the segment (sentence A or B) of each token. */
  readonly tokenTypes?: Tensor2D | undefined;
  readonly positions?: Tensor2D | undefined;
}

/** Reads a whole text at once, every token in the light of all others. */
export interface Encoder extends SequenceModel {
  /** tokens int32 [batch, length] -> [batch, length, width], which the caller disposes. */
  encode(tokens: Tensor2D, context?: EncodeContext): Tensor3D;
}

/** Reads one text and writes another. */
export interface SequenceToSequenceModel extends SequenceModel {
  /**
   * The decoder with `source` [batch, length] already read: an ordinary causal model, which the caller disposes.
   *
   * What the decoder looks at of the source lies in its state from `initState(batch)` on, row by row: beam search
   * reads the first tokens with one row for each source, then multiplies the rows of the state by `reorder`.
   */
  conditionedOn(source: Tensor2D, context?: EncodeContext): CausalModel;
}

/** How information moves along the sequence, and what must be remembered to go on. */
export interface SequenceMixer<S extends StateTree = StateTree> extends Module {
  initState(batchSize: number): S;
  /** x [batch, length >= 1, width] after all that `state` has seen -> output of the same shape. `state` stays valid. */
  mix(x: Tensor3D, state: S, context: MixContext): { output: Tensor3D; state: S };
}

/** A context whose observations are named below `part`. */
export function within<C extends Context>(context: C, part: string): C {
  const { observe } = context;
  if (!observe) return context;
  const { isObserved } = observe;
  const below: Observe = Object.assign((name: string, tensor: Tensor) => observe(`${part}.${name}`, tensor), {
    isObserved: isObserved && ((name: string) => isObserved(`${part}.${name}`)),
  });
  return { ...context, observe: below };
}

/** Lets what is computed for watchers alone be seen, if anybody wants it. */
export function observeLazily({ observe }: Context, name: string, compute: () => Tensor): void {
  if (observe && (observe.isObserved?.(name) ?? true)) tidy(() => observe(name, compute()));
}
