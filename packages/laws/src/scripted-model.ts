import { type CausalModel, Module, type StateTree, type StepContext } from '@sequitur/core';
import { type Tensor2D, type Tensor3D, tensor3d } from '@tensorflow/tfjs-core';

export interface Script {
  readonly vocabularySize: number;
  readonly contextLength?: number;
  /** The most likely next token after `read` tokens. */
  readonly next: (read: number) => number;
}

/** A causal model with scripted predictions, independent of its input. */
export class ScriptedModel extends Module implements CausalModel {
  readonly vocabularySize: number;
  readonly contextLength: number;
  /** The input tokens of every step, a list for each row. */
  readonly fed: Promise<number[][]>[] = [];
  readonly #next: (read: number) => number;

  constructor({ vocabularySize, contextLength = Number.POSITIVE_INFINITY, next }: Script) {
    super();
    this.vocabularySize = vocabularySize;
    this.contextLength = contextLength;
    this.#next = next;
  }

  initState(): StateTree {
    return { read: 0 };
  }

  step(tokens: Tensor2D, state: StateTree, context: StepContext = {}): { logits: Tensor3D; state: StateTree } {
    this.fed.push(tokens.array());
    const [batch, length] = tokens.shape;
    const before = (state as { read: number }).read;
    const shown = context.logits === 'last' ? 1 : length;
    const values = new Float32Array(batch * shown * this.vocabularySize);
    for (let row = 0; row < batch; row++) {
      for (let at = 0; at < shown; at++) {
        const read = before + length - shown + at + 1;
        values[(row * shown + at) * this.vocabularySize + this.#next(read)] = 10;
      }
    }
    return { logits: tensor3d(values, [batch, shown, this.vocabularySize]), state: { read: before + length } };
  }
}
