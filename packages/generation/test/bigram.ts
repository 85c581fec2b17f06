import { type CausalModel, Module, Random, type StateTree, type StepContext } from '@sequitur/core';
import { add, cast, gather, reshape, slice, type Tensor2D, type Tensor3D, tensor2d, tidy } from '@tensorflow/tfjs-core';

/**
 * A bigram model, the smallest causal model: the next token depends on the last one only. Its state counts the tokens
 * read.
 */
export class Bigram extends Module implements CausalModel {
  readonly vocabularySize: number;
  readonly contextLength = Number.POSITIVE_INFINITY;
  /** Logits of the successor of every token. */
  readonly rows: readonly Float32Array[];
  /** Steps so far. */
  steps = 0;

  constructor(vocabularySize: number, seed: number, spread = 1.5) {
    super();
    this.vocabularySize = vocabularySize;
    const random = Random.fromSeed(seed);
    this.rows = Array.from({ length: vocabularySize }, () =>
      Float32Array.from({ length: vocabularySize }, () => spread * random.normal()),
    );
  }

  initState(batchSize: number): StateTree {
    return { read: tensor2d(new Float32Array(batchSize), [batchSize, 1]) };
  }

  step(tokens: Tensor2D, state: StateTree, context: StepContext = {}): { logits: Tensor3D; state: StateTree } {
    this.steps++;
    const [batch, length] = tokens.shape;
    const values = Float32Array.from(this.rows.flatMap((row) => [...row]));
    return tidy(() => {
      const table = tensor2d(values, [this.vocabularySize, this.vocabularySize]);
      const logits = reshape(gather(table, tokens), [batch, length, this.vocabularySize]) as Tensor3D;
      const read = add((state as { read: Tensor2D }).read, length);
      const result = context.logits === 'last' ? slice(logits, [0, length - 1, 0], [batch, 1, -1]) : logits;
      context.observe?.('norm', cast(logits, 'float32'));
      return { logits: result as Tensor3D, state: { read } } as never;
    });
  }
}
