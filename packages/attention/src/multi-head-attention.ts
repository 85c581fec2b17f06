import { Linear, type LinearOptions, type MixContext, Module, type SequenceMixer, SequiturError } from '@sequitur/core';
import { cast, reshape, type Tensor2D, type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { emptyMemory, type KeyValueMemory, remember } from './key-value-memory.js';
import { attention, attentionWeights } from './scaled-dot-product/index.js';

export interface MultiHeadAttentionOptions {
  readonly width: number;
  readonly heads: number;
  /** Default `heads`; fewer share keys and values among neighbouring heads (Ainslie et al. 2023). */
  readonly keyHeads?: number;
  /** Default width / heads. */
  readonly headSize?: number;
  /** Multiplies the scores; default 1 / sqrt(headSize). */
  readonly scale?: number;
  /** Share of the weights set to zero in training; default 0. */
  readonly dropout?: number;
  /** Of the query, key and value projections. */
  readonly input?: LinearOptions;
  readonly output?: LinearOptions;
}

/**
 * Causal multi-head self-attention (Vaswani et al. 2017, section 3.2.2).
 *
 * Observable: `weights` [batch, heads, length, keys], computed only when somebody observes.
 */
export class MultiHeadAttention extends Module implements SequenceMixer<KeyValueMemory> {
  readonly query: Linear; // [width, heads * headSize]
  readonly key: Linear; // [width, keyHeads * headSize]
  readonly value: Linear; // [width, keyHeads * headSize]
  readonly output: Linear; // [heads * headSize, width]
  readonly heads: number;
  readonly keyHeads: number;
  readonly headSize: number;
  readonly #scale: number;
  readonly #dropout: number;

  constructor(options: MultiHeadAttentionOptions) {
    super();
    const { width, heads, keyHeads = heads, headSize = width / heads, input = {}, output = {} } = options;
    if (!Number.isInteger(headSize) || heads % keyHeads !== 0) {
      throw new SequiturError({
        where: 'MultiHeadAttention',
        expected: 'heads that divide the width, and key heads that divide the heads',
        got: `width ${width}, ${heads} heads, ${keyHeads} key heads`,
      });
    }
    this.query = new Linear(width, heads * headSize, input);
    this.key = new Linear(width, keyHeads * headSize, input);
    this.value = new Linear(width, keyHeads * headSize, input);
    this.output = new Linear(heads * headSize, width, output);
    this.heads = heads;
    this.keyHeads = keyHeads;
    this.headSize = headSize;
    this.#scale = options.scale ?? 1 / Math.sqrt(headSize);
    this.#dropout = options.dropout ?? 0;
  }

  initState(_batchSize: number): KeyValueMemory {
    return emptyMemory;
  }

  mix(x: Tensor3D, state: KeyValueMemory, context: MixContext): { output: Tensor3D; state: KeyValueMemory } {
    return tidy(() => {
      const query = split(this.query.apply(x), this.heads);
      const keys = split(this.key.apply(x), this.keyHeads);
      const values = split(this.value.apply(x), this.keyHeads);
      const visible = context.visible && (cast(context.visible, 'float32') as Tensor2D);
      const memory = remember(state, { keys, values, visible });
      const options = { scale: this.#scale, keyLength: memory.length, visible: memory.visible };
      context.observe?.('weights', attentionWeights(query, memory.keys, options));
      const mixed = attention(query, memory.keys, memory.values, { ...options, dropout: this.#dropped(context) });
      return { output: this.output.apply(join(mixed)), state: memory };
    });
  }

  #dropped({ random }: MixContext) {
    return random && this.#dropout > 0 ? { rate: this.#dropout, seed: random.next() } : undefined;
  }
}

/** [batch, length, heads * size] -> [batch, length, heads, size]. */
function split(x: Tensor3D, heads: number): Tensor4D {
  const [batch, length, width] = x.shape;
  return reshape(x, [batch, length, heads, width / heads]);
}

/** [batch, length, heads, size] -> [batch, length, heads * size]. */
function join(x: Tensor4D): Tensor3D {
  const [batch, length, heads, size] = x.shape;
  return reshape(x, [batch, length, heads * size]);
}
