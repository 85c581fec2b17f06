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

/** What a reader gives for every row: the scores of its next token, as arrays of the caller's own. */
export type Scores = Float32Array[];

/** Reads rows of tokens into a model, all rows together, and keeps its state. Shorter texts are padded at the left. */
export class Reader {
  readonly #model: CausalModel;
  #state: StateTree | null = null;
  /** How many rows there are. */
  #count = 0;
  /** How many positions the state holds. */
  #filled = 0;
  /** By how many positions each row was padded; null where none was. */
  #shift: readonly number[] | null = null;

  constructor(model: CausalModel) {
    this.#model = model;
  }

  /** How many more tokens the context holds. */
  get room(): number {
    return this.#model.contextLength - this.#filled;
  }

  /**
   * Forgets everything and reads these texts, then goes on with `copies` rows for each, side by side.
   */
  async begin(texts: readonly (readonly number[])[], copies = 1): Promise<Scores> {
    this.dispose();
    this.#state = this.#model.initState(texts.length);
    this.#filled = 0;
    const length = Math.max(...texts.map((text) => text.length));
    const padding = texts.map((text) => length - text.length);
    this.#shift = padding.some((count) => count > 0) ? padding : null;
    const scores = await this.#read(texts.map((text, row) => [...new Array<number>(padding[row]!).fill(0), ...text]));
    const rows = texts.flatMap((_, row) => new Array<number>(copies).fill(row));
    this.reorder(rows);
    return rows.map((row) => scores[row]!.slice());
  }

  /** Reads one more token into each row. */
  next(tokens: readonly number[]): Promise<Scores> {
    return this.#read(tokens.map((token) => [token]));
  }

  /** Goes on with these of the rows, which may be dropped, doubled and moved. */
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
      const values = (await logits.data()) as Float32Array; // [rows, places * vocabulary], one place where a model heeds 'last'
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

  /** What the model must know where texts were padded: which tokens are real, and where each stands in its text. */
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
