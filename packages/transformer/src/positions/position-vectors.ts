import { type SinusoidalLayout, sinusoidalTable } from '@sequitur/attention';
import { embed, type Initializer, Module, normal, Parameter, SequiturError } from '@sequitur/core';
import { add, range, scalar, type Tensor, type Tensor2D, tensor, tidy } from '@tensorflow/tfjs-core';

/** Absolute position embeddings, added to the token embeddings. */
export interface PositionVectors extends Module {
  /** Number of positions; `Infinity` where unbounded. */
  readonly count: number;
  /** Embeddings of the positions `start`, `start` + 1, …: [length, width]. */
  range(start: number, length: number): Tensor;
  /** int32 [...] -> [..., width]. */
  lookup(positions: Tensor): Tensor;
}

export interface PositionTableOptions {
  readonly count: number;
  readonly width: number;
  /** Position p has row p + offset (2 in BART's checkpoints); default 0. */
  readonly offset?: number;
  /** The row of the table that gets no gradient from lookups. */
  readonly padding?: number | undefined;
  readonly initializer?: Initializer;
  /** Whether the table is trained; false for stored sinusoids. Default true. */
  readonly trained?: boolean;
}

/** A table of learned or stored position embeddings. */
export class PositionTable extends Module implements PositionVectors {
  readonly weight: Parameter; // [offset + count, width]
  readonly count: number;
  readonly offset: number;
  readonly padding: number | null;

  constructor({ count, width, offset = 0, padding, initializer = normal(0.02), trained = true }: PositionTableOptions) {
    super();
    this.weight = new Parameter([offset + count, width], initializer);
    this.weight.trainable = trained;
    this.count = count;
    this.offset = offset;
    this.padding = padding ?? null;
  }

  /**
   * Embeddings of the positions `start`, `start` + 1, …: [length, width].
   *
   * @throws SequiturError beyond the last position
   */
  range(start: number, length: number): Tensor {
    expectRoom(start + length, this.count);
    return tidy(() => this.#rows(range(start + this.offset, start + this.offset + length, 1, 'int32')));
  }

  lookup(positions: Tensor): Tensor {
    return tidy(() => this.#rows(this.offset ? add(positions, scalar(this.offset, 'int32')) : positions));
  }

  #rows(ids: Tensor): Tensor {
    return embed(this.weight.value as unknown as Tensor2D, ids, { padding: this.padding });
  }
}

/** Sinusoidal position embeddings, computed (Vaswani et al. 2017, section 3.5). */
export class SinusoidalPositions extends Module implements PositionVectors {
  readonly width: number;
  readonly layout: SinusoidalLayout;
  readonly count: number;
  readonly #first: number;
  #table: Float32Array = new Float32Array();

  /** @param first the angle of the first position at frequency 1; default 0 */
  constructor(width: number, layout: SinusoidalLayout = 'interleaved', count = Number.POSITIVE_INFINITY, first = 0) {
    super();
    this.width = width;
    this.layout = layout;
    this.count = count;
    this.#first = first;
  }

  range(start: number, length: number): Tensor {
    expectRoom(start + length, this.count);
    return tensor(this.#rows(start, length), [length, this.width]);
  }

  /**
   * Embeddings of positions int32 [...] -> [..., width]. Requires `count`, since the table is built before the
   * positions are known on the host.
   */
  lookup(positions: Tensor): Tensor {
    if (!Number.isFinite(this.count)) {
      throw new SequiturError({
        where: 'SinusoidalPositions',
        expected: 'a count of positions, to look up any of them',
        got: 'none',
        fix: 'Pass the maximum length as the third argument',
      });
    }
    return tidy(() => embed(this.range(0, this.count) as Tensor2D, positions));
  }

  /** Rows of a table on the host that grows by doubling. */
  #rows(start: number, length: number): Float32Array {
    const begin = start + this.#first;
    const end = begin + length;
    if (this.#table.length < end * this.width) {
      const count = Math.min(2 ** Math.ceil(Math.log2(end)), this.count + this.#first);
      this.#table = sinusoidalTable(count, this.width, this.layout);
    }
    return this.#table.slice(begin * this.width, end * this.width);
  }
}

function expectRoom(end: number, count: number): void {
  if (end <= count) return;
  throw new SequiturError({
    where: 'a model with a vector for each position',
    expected: `at most ${count} tokens in all`,
    got: `${end}`,
    fix: 'Give a shorter text',
  });
}
