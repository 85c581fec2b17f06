import {
  type CausalModel,
  disposeState,
  reorder,
  replaceState,
  type StateTree,
  type StepContext,
  tokenTensor,
} from '@sequitur/core';
import { dispose, type Tensor, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';

/** The scores of the next token of every row; the caller owns the arrays. */
export type Scores = Float32Array[];

/** Feeds rows of tokens to a model in one batch and keeps its state. Shorter sequences are padded on the left. */
export class Reader {
  readonly #model: CausalModel;
  #state: StateTree | null = null;
  /** Number of rows. */
  #count = 0;
  /** Number of positions in the state. */
  #filled = 0;
  /** Left padding of each row; null where there is none. */
  #shift: readonly number[] | null = null;

  constructor(model: CausalModel) {
    this.#model = model;
  }

  /** The number of tokens that still fit into the context. */
  get room(): number {
    return this.#model.contextLength - this.#filled;
  }

  /** Whether with one more token the sequences must be read again, since they exceed `CausalModel.rereadLength`. */
  get mustReread(): boolean {
    // The length that counts is that of the longest row, which has no padding.
    return this.#filled === this.#model.rereadLength;
  }

  /** Starts again from an empty state with these sequences, then repeats each `copies` times, as neighbouring rows. */
  async begin(prompts: readonly (readonly number[])[], copies = 1): Promise<Scores> {
    this.dispose();
    this.#state = this.#model.initState(prompts.length);
    this.#filled = 0;
    const length = Math.max(...prompts.map((prompt) => prompt.length));
    const padding = prompts.map((prompt) => length - prompt.length);
    this.#shift = padding.some((count) => count > 0) ? padding : null;
    const scores = await this.#read(
      prompts.map((prompt, row) => [...new Array<number>(padding[row]!).fill(0), ...prompt]),
    );
    const rows = prompts.flatMap((_, row) => new Array<number>(copies).fill(row));
    this.reorder(rows);
    return rows.map((row) => scores[row]!.slice());
  }

  /** Reads one more token of each row. */
  next(tokens: readonly number[]): Promise<Scores> {
    return this.#read(tokens.map((token) => [token]));
  }

  /** Continues with these rows, which may be dropped, repeated and reordered. */
  reorder(rows: readonly number[]): void {
    if (rows.length === this.#count && rows.every((row, index) => row === index)) return;
    const moved = reorder(this.#state!, rows);
    disposeState(this.#state!);
    this.#state = moved;
    if (this.#shift) this.#shift = rows.map((row) => this.#shift![row]!);
    this.#count = rows.length;
  }

  dispose(): void {
    if (this.#state !== null) disposeState(this.#state);
    this.#state = null;
  }

  async #read(rows: readonly (readonly number[])[]): Promise<Scores> {
    const { vocabularySize } = this.#model;
    this.#count = rows.length;
    const logits = this.#step(rows);
    try {
      const values = (await logits.data()) as Float32Array; // [rows, positions * vocabulary], one position where a model supports 'last'
      const size = values.length / rows.length;
      return rows.map((_, row) => values.slice((row + 1) * size - vocabularySize, (row + 1) * size));
    } finally {
      logits.dispose();
    }
  }

  #step(rows: readonly (readonly number[])[]): Tensor {
    const tokens = tokenTensor(rows, this.#model.vocabularySize);
    const places = this.#places(rows.length, tokens.shape[1]);
    const context: StepContext = { logits: 'last', ...places };
    try {
      const { logits, state } = this.#model.step(tokens, this.#state!, context);
      this.#state = replaceState(this.#state!, state);
      this.#filled += tokens.shape[1];
      return logits;
    } finally {
      dispose([tokens, ...Object.values(places)]);
    }
  }

  /** The padding mask and the position ids of padded sequences. */
  #places(rows: number, length: number): { attentionMask?: Tensor2D; positions?: Tensor2D } {
    const shift = this.#shift;
    if (!shift) return {};
    const matrix = (value: (row: number, column: number) => number) =>
      tensor2d(
        Array.from({ length: rows * length }, (_, i) => value(Math.floor(i / length), i % length)),
        [rows, length],
        'int32',
      );
    const first = this.#filled === 0;
    return {
      attentionMask: matrix((row, column) => (first && column < shift[row]! ? 0 : 1)),
      positions: matrix((row, column) => Math.max(0, this.#filled + column - shift[row]!)),
    };
  }
}
